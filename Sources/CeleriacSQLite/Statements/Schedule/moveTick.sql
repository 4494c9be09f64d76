-- Moves the last tick of an entry on, if the entry is still as the step found it.
-- Parameters  name, revision, the last tick as it was, the last tick from now on, all that has been dealt with

UPDATE celeriac_schedule SET last_tick = ?4, dealt = ?5
WHERE name = ?1 AND revision = ?2 AND NOT paused AND last_tick IS ?3
