-- Gives messages back uncounted, at once or for later.
-- Parameters  calls, tokens, not_before or NULL
-- Result      call of each delivery that was ended

WITH ended AS (
    DELETE FROM celeriac.lease l USING unnest($1::int8[], $2::int8[], $3::timestamptz[]) AS i(call, token, not_before)
    WHERE l.call = ANY (ARRAY[i.call]) AND l.token = i.token
    RETURNING l.call, greatest(l.deliveries - 1, 0) AS deliveries, i.not_before
),
moved AS (
    UPDATE celeriac.call c SET not_before = e.not_before,
        place = CASE WHEN c.rank % 2 = 0 THEN c.place ELSE e.not_before END
    FROM ended e WHERE c.number = ANY (ARRAY[e.call]) AND e.not_before > celeriac.now()
    RETURNING c.queue, c.not_before, c.number, e.deliveries
),
postponed AS (
    INSERT INTO celeriac.delayed (queue, due, call, deliveries)
    SELECT queue, not_before, number, deliveries FROM moved
),
readied AS (
    INSERT INTO celeriac.ready (queue, rank, place, call, deliveries, until_start)
    SELECT c.queue, c.rank, c.place, c.number, e.deliveries, coalesce(c.until_start, false)
    FROM ended e JOIN celeriac.call c ON c.number = ANY (ARRAY[e.call])
    WHERE e.not_before IS NULL OR e.not_before <= celeriac.now()
)
SELECT call FROM ended
