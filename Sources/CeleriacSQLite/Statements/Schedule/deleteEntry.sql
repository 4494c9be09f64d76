-- Deletes an entry of the schedule.
-- Parameters  name

DELETE FROM celeriac_schedule WHERE name = ?
