-- Writes an entry of the schedule.
-- Parameters  name, revision, paused, first_seen, last_tick, last_call, last_published, runs, entry, dealt

INSERT OR REPLACE INTO celeriac_schedule VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
