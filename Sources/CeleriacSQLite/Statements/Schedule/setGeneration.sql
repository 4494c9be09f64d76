-- Sets the generation of the schedule.
-- Parameters  generation

UPDATE celeriac_schedule_generation SET generation = ?
