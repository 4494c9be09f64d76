-- A page of the ready messages of a queue in the order of claims. The index gives the waiting ones; due messages that
-- were not moved yet and lapsed leases that were not swept yet are looked through.
-- Parameters  boot, uptime, queue, now, limit, rank, position and call of the last message of the page before
-- Result      the columns of messageColumns; 0; deliveries; rank; position; call

SELECT
    -- @include messageColumns
    , 0, w.deliveries, w.rank, w.position, w.call
FROM (
    SELECT * FROM (
        -- @include readyPlaces
    ) WHERE (rank, position, call) > (?6, ?7, ?8) ORDER BY 1, 2, 3 LIMIT ?5
) w JOIN celeriac_calls c ON c.number = w.call JOIN celeriac_queues q ON q.number = c.queue
ORDER BY w.rank, w.position, w.call
