-- A page of the delayed messages of a queue, the earliest first.
-- Parameters  queue, limit, due time and call of the last message of the page before
-- Result      the columns of messageColumns; deliveries; due; call

SELECT
    -- @include messageColumns
    , d.deliveries, d.due, d.call
FROM celeriac.delayed d JOIN celeriac.call c ON c.number = ANY (ARRAY[d.call])
    JOIN celeriac.queue q ON q.number = ANY (ARRAY[d.queue])
WHERE d.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text) AND d.due > celeriac.now()
    AND (d.due, d.call) > ($3::timestamptz, $4::int8)
ORDER BY d.due, d.call LIMIT $2::int8
