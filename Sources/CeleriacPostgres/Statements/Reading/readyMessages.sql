-- A page of the ready messages of a queue in the order of claims: those that are listed, which the index gives in this
-- order; those that are due but not moved yet; those whose lease has lapsed and was not swept yet.
-- Parameters  queue, limit, rank, place and call of the last message of the page before
-- Result      the columns of messageColumns; deliveries; rank; place; call

WITH listed AS MATERIALIZED (
    SELECT r.rank, r.place, r.call, r.deliveries FROM celeriac.ready r
    WHERE r.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text)
        AND (r.rank, r.place, r.call) > ($3::int2, $4::timestamptz, $5::int8)
    ORDER BY r.rank, r.place, r.call LIMIT $2::int8
),
due AS MATERIALIZED (
    SELECT c.rank, c.place, c.number, d.deliveries
    FROM celeriac.delayed d JOIN celeriac.call c ON c.number = ANY (ARRAY[d.call])
    WHERE d.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text) AND d.due <= celeriac.now()
),
lapsed AS MATERIALIZED (
    SELECT c.rank, c.place, c.number, l.deliveries
    FROM celeriac.lease l JOIN celeriac.call c ON c.number = ANY (ARRAY[l.call])
    WHERE l.call > 0 AND c.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text)
        AND l.expires <= celeriac.uptime()
)
SELECT
    -- @include messageColumns
    , w.deliveries, w.rank, w.place, w.call
FROM (
    SELECT * FROM (
        SELECT * FROM listed UNION ALL SELECT * FROM due UNION ALL SELECT * FROM lapsed
    ) p WHERE (p.rank, p.place, p.call) > ($3::int2, $4::timestamptz, $5::int8) ORDER BY 1, 2, 3 LIMIT $2::int8
) w JOIN celeriac.call c ON c.number = ANY (ARRAY[w.call]) JOIN celeriac.queue q ON q.number = ANY (ARRAY[c.queue])
ORDER BY w.rank, w.place, w.call
