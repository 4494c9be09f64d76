-- Counts the messages of a queue.
-- Parameters  queue
-- Result      listed as ready; listed as delayed; of these due; leased; lapsed; dead; microseconds since the oldest ready
--             message was due, or NULL

WITH q AS MATERIALIZED (SELECT number, dead_count FROM celeriac.queue WHERE name = $1::text),
held AS MATERIALIZED (
    SELECT l.expires > celeriac.uptime() AS is_live, coalesce(c.not_before, c.enqueued_at) AS due
    FROM celeriac.lease l JOIN celeriac.call c ON c.number = ANY (ARRAY[l.call])
    WHERE l.call > 0 AND c.queue = (SELECT number FROM q)
)
SELECT (SELECT count(*) FROM celeriac.ready WHERE queue = (SELECT number FROM q)),
    (SELECT count(*) FROM celeriac.delayed WHERE queue = (SELECT number FROM q)),
    (SELECT count(*) FROM celeriac.delayed WHERE queue = (SELECT number FROM q) AND due <= celeriac.now()),
    (SELECT count(*) FROM held WHERE is_live), (SELECT count(*) FROM held WHERE NOT is_live),
    coalesce((SELECT dead_count FROM q), 0),
    (extract(epoch FROM celeriac.now() - least(
        (SELECT min(first.place) FROM generate_series(1, 19, 2) AS s(rank) CROSS JOIN LATERAL (
            SELECT r.place FROM celeriac.ready r
            WHERE r.queue = (SELECT number FROM q) AND r.rank = s.rank::int2 ORDER BY r.place LIMIT 1
        ) first),
        (SELECT min(coalesce(c.not_before, c.enqueued_at)) FROM generate_series(0, 18, 2) AS s(rank)
            JOIN celeriac.ready r ON r.queue = (SELECT number FROM q) AND r.rank = s.rank::int2
            JOIN celeriac.call c ON c.number = ANY (ARRAY[r.call])),
        (SELECT d.due FROM celeriac.delayed d WHERE d.queue = (SELECT number FROM q) AND d.due <= celeriac.now()
            ORDER BY d.due LIMIT 1),
        (SELECT min(due) FROM held WHERE NOT is_live)
    )) * 1000000)::int8
