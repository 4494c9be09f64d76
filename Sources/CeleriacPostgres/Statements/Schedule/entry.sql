-- One entry of the schedule.
-- Parameters  name
-- Result      the columns of entryColumns

-- @include entryColumns
WHERE name = $1::text
