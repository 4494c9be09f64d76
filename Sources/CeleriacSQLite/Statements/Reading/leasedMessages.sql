-- Leased messages of a queue in the order of claims.
-- Parameters  boot, uptime, queue, now, limit, offset
-- Result      the columns of messageColumns; 1; deliveries

SELECT
    -- @include messageColumns
    , 1, l.deliveries + 0 * ?4
FROM celeriac_leases l
    CROSS JOIN celeriac_calls c ON c.number = l.call JOIN celeriac_queues q ON q.number = c.queue
WHERE c.queue = ?3 AND
    -- @include live
ORDER BY c.rank, c.position, l.call LIMIT ?5 OFFSET ?6
