-- Delayed messages of a queue, the earliest first.
-- Parameters  boot, uptime, queue, now, limit, offset
-- Result      the columns of messageColumns; 0; deliveries

SELECT
    -- @include messageColumns
    , 0, d.deliveries + 0 * (?1 + ?2)
FROM celeriac_delayed d
    CROSS JOIN celeriac_calls c ON c.number = d.call JOIN celeriac_queues q ON q.number = d.queue
WHERE d.queue = ?3 AND d.due > ?4 ORDER BY d.due, d.call LIMIT ?5 OFFSET ?6
