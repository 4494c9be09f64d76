-- All entries of the schedule.
-- Result      name, revision, paused, first_seen, last_tick, last_call, last_published, runs, entry, dealt

-- @include entryColumns
