-- Dead letters of a queue, the latest first.
-- Parameters  limit, offset, queue
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
WHERE d.queue = ?3 ORDER BY d.number DESC LIMIT ?1 OFFSET ?2
