-- A page of the delayed messages of a queue, the earliest first.
-- Parameters  boot, uptime, queue, now, limit, due time and call of the last message of the page before, or now and the
--             largest call
-- Result      the columns of messageColumns; 0; deliveries; due; call

SELECT
    -- @include messageColumns
    , 0, d.deliveries + 0 * (?1 + ?2 + ?4), d.due, d.call
FROM celeriac_delayed d
    CROSS JOIN celeriac_calls c ON c.number = d.call JOIN celeriac_queues q ON q.number = d.queue
WHERE d.queue = ?3 AND (d.due, d.call) > (?6, ?7) ORDER BY d.due, d.call LIMIT ?5
