-- A page of the leased messages of a queue in the order of publication, which no renewal changes.
-- Parameters  queue, limit, call of the last message of the page before
-- Result      the columns of messageColumns; deliveries; call

SELECT
    -- @include messageColumns
    , l.deliveries, l.call
FROM celeriac.lease l JOIN celeriac.call c ON c.number = ANY (ARRAY[l.call])
    JOIN celeriac.queue q ON q.number = ANY (ARRAY[c.queue])
WHERE l.call > $3::int8 AND c.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text)
    AND l.expires > celeriac.uptime()
ORDER BY l.call LIMIT $2::int8
