-- Locks a dead letter, and shows its message.
-- Parameters  id
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
WHERE d.id = $1::text FOR UPDATE OF d
