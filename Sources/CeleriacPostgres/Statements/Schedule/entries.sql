-- All entries of the schedule.
-- Result      the columns of entryColumns

-- @include entryColumns
ORDER BY name
