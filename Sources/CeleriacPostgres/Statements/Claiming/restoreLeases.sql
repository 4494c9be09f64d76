-- Gives lapsed leases back to their holders, if nobody has claimed the messages since. The leases belong to no consumer,
-- so they end by time alone.
-- Parameters  calls, tokens, microseconds from now
-- Result      call of each lease that stands again

WITH gone AS (
    DELETE FROM celeriac.ready r USING unnest($1::int8[], $2::int8[]) AS i(call, token), celeriac.call c
    WHERE c.number = ANY (ARRAY[i.call]) AND r.queue = ANY (ARRAY[c.queue]) AND r.rank = c.rank AND r.place = c.place
        AND r.call = ANY (ARRAY[c.number]) AND r.token = i.token
    RETURNING r.call, r.token, r.deliveries
)
INSERT INTO celeriac.lease (call, token, consumer, expires, deliveries)
SELECT call, token, 0, celeriac.uptime() + $3::int8 * interval '1 microsecond', deliveries FROM gone RETURNING call
