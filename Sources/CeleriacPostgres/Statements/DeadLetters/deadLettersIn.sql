-- Dead letters of a queue, the newest first.
-- Parameters  the number that all are below, limit, queue
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
WHERE d.queue = (SELECT number FROM celeriac.queue WHERE name = $3::text) AND d.number < $1::int8
ORDER BY d.number DESC LIMIT $2::int8
