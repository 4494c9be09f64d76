-- One entry of the schedule.
-- Parameters  name
-- Result      as for entries

-- @include entryColumns
WHERE name = ?
