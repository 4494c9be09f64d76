-- A page of the leased messages of a queue in the order of publication, which no renewal changes.
-- Parameters  boot, uptime, queue, now, limit, call of the last message of the page before
-- Result      the columns of messageColumns; 1; deliveries; call

SELECT
    -- @include messageColumns
    , 1, l.deliveries + 0 * ?4, l.call
FROM celeriac_leases l
    CROSS JOIN celeriac_calls c ON c.number = l.call JOIN celeriac_queues q ON q.number = c.queue
WHERE l.call > ?6 AND c.queue = ?3 AND
    -- @include live
ORDER BY l.call LIMIT ?5
