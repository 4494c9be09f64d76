-- The earliest due time of the ready messages of a queue. One seek for each priority; only messages at the front, whose
-- position is not a time, are looked at singly.
-- Parameters  boot, uptime, queue, now
-- Result      due, or NULL

WITH RECURSIVE ranks (rank) AS (VALUES (1) UNION ALL SELECT rank + 2 FROM ranks WHERE rank < 19)
SELECT min(due) FROM (
    SELECT (SELECT position FROM celeriac_ready WHERE queue = ?3 AND rank = ranks.rank
        ORDER BY position LIMIT 1) AS due FROM ranks
    UNION ALL
    SELECT ifnull(c.not_before, c.enqueued_at)
    FROM ranks CROSS JOIN celeriac_ready r ON r.queue = ?3 AND r.rank = ranks.rank - 1
        CROSS JOIN celeriac_calls c ON c.number = r.call
    UNION ALL
    SELECT min(due) FROM celeriac_delayed WHERE queue = ?3 AND due <= ?4
    UNION ALL
    SELECT ifnull(c.not_before, c.enqueued_at)
    FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call WHERE c.queue = ?3 AND NOT (
        -- @include live
    )
)
