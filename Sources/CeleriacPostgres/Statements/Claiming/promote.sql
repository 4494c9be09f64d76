-- Makes due delayed messages ready: up to 1,000 of each queue, the earliest first.
-- Parameters  queues
-- Result      how many; microseconds until the next one is due, or NULL

WITH queue AS MATERIALIZED (
    SELECT q.number FROM unnest($1::text[]) AS n(name) JOIN celeriac.queue q ON q.name = n.name
),
due AS MATERIALIZED (
    SELECT d.place, d.call, d.deliveries FROM queue q CROSS JOIN LATERAL (
        SELECT d.ctid AS place, d.call, d.deliveries FROM celeriac.delayed d
        WHERE d.queue = q.number AND d.due <= celeriac.now() ORDER BY d.due, d.call LIMIT 1000 FOR UPDATE SKIP LOCKED
    ) d
),
gone AS (
    DELETE FROM celeriac.delayed d USING due WHERE d.ctid = due.place RETURNING d.call, d.deliveries
),
moved AS (
    INSERT INTO celeriac.ready (queue, rank, place, call, deliveries, until_start)
    SELECT c.queue, c.rank, c.place, c.number, g.deliveries, coalesce(c.until_start, false)
    FROM gone g JOIN celeriac.call c ON c.number = ANY (ARRAY[g.call])
)
SELECT (SELECT count(*) FROM gone), (
    SELECT (extract(epoch FROM min(next.due) - celeriac.now()) * 1000000)::int8
    FROM queue q CROSS JOIN LATERAL (
        SELECT d.due FROM celeriac.delayed d
        WHERE d.queue = q.number AND d.due > celeriac.now() ORDER BY d.due LIMIT 1
    ) next
)
