-- Dead letters of all queues, the newest first.
-- Parameters  the number that all are below, limit
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
WHERE d.number < $1::int8 ORDER BY d.number DESC LIMIT $2::int8
