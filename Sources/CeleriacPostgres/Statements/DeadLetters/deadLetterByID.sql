-- One dead letter.
-- Parameters  id
-- Result      the columns of deadLetterColumns

-- @include deadLetterColumns
WHERE d.id = $1::text
