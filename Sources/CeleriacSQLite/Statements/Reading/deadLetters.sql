-- Dead letters of all queues, the latest first.
-- Parameters  limit, the number that all are below
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
WHERE d.number < ?2 ORDER BY d.number DESC LIMIT ?1
