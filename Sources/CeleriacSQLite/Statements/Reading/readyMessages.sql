-- Ready messages of a queue in the order of claims.
-- Parameters  boot, uptime, queue, now, limit, offset
-- Result      the columns of messageColumns; 0; deliveries

SELECT
    -- @include messageColumns
    , 0, w.deliveries
FROM (
    -- @include readyPlaces
    ORDER BY 1, 2, 3 LIMIT ?5 OFFSET ?6
) w JOIN celeriac_calls c ON c.number = w.call JOIN celeriac_queues q ON q.number = c.queue
ORDER BY w.rank, w.position, w.call
