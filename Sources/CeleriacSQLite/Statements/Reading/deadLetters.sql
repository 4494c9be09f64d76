-- Dead letters of all queues, the latest first.
-- Parameters  limit, offset
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
ORDER BY d.number DESC LIMIT ?1 OFFSET ?2
