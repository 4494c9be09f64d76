-- Entries of the schedule.

SELECT name, revision, paused, first_seen, last_tick, last_call, last_published, runs, entry, dealt
FROM celeriac.schedule
