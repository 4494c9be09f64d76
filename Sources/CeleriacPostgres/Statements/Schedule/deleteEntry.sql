-- Deletes an entry of the schedule.
-- Parameters  name

DELETE FROM celeriac.schedule WHERE name = $1::text
