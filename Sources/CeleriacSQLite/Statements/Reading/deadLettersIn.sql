-- Dead letters of a queue, the latest first.
-- Parameters  limit, the number that all are below, queue
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
WHERE d.queue = ?3 AND d.number < ?2 ORDER BY d.number DESC LIMIT ?1
