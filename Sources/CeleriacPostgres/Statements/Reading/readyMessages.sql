-- A page of the ready messages of a queue in the order of claims.
-- Parameters  queue, limit, rank, place and call of the last message of the page before
-- Result      the columns of messageColumns; deliveries; rank; place; call

SELECT
    -- @include messageColumns
    , w.deliveries, w.rank, w.place, w.call
FROM (
    SELECT * FROM (
        -- @include readyPlaces
    ) p WHERE (p.rank, p.place, p.call) > ($3::int2, $4::timestamptz, $5::int8) ORDER BY 1, 2, 3 LIMIT $2::int8
) w JOIN celeriac.call c ON c.number = w.call JOIN celeriac.queue q ON q.number = c.queue
ORDER BY w.rank, w.place, w.call
