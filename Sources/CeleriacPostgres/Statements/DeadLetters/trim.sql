-- Drops the oldest dead letters of a queue that holds too many, up to 1,000; the newest always stays.
-- Parameters  queue, the most letters, the most bytes
-- Result      how many were dropped

WITH excess AS (
    SELECT q.number, least(q.dead_count - 1, 1000) AS most, q.dead_count - $2::int8 AS letters,
        q.dead_bytes - $3::int8 AS bytes
    FROM celeriac.queue q WHERE q.name = $1::text AND (q.dead_count > $2::int8 OR q.dead_bytes > $3::int8)
),
oldest AS MATERIALIZED (
    SELECT d.number FROM excess e CROSS JOIN LATERAL (
        SELECT o.number, row_number() OVER (ORDER BY o.number) AS place,
            sum(o.bytes) OVER (ORDER BY o.number) - o.bytes AS before
        FROM (
            SELECT d.number, d.bytes FROM celeriac.dead d WHERE d.queue = ANY (ARRAY[e.number])
            ORDER BY d.queue, d.number LIMIT 1000
        ) o
    ) d WHERE d.place <= e.most AND (d.place <= e.letters OR d.before < e.bytes)
),
dropped AS (
    DELETE FROM celeriac.dead d USING oldest o WHERE d.number = ANY (ARRAY[o.number]) RETURNING d.queue
)
SELECT count(*) FROM dropped
