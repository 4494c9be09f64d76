-- The generation of the schedule.
-- Result      generation

SELECT generation FROM celeriac_schedule_generation
