-- Moves the last tick of an entry on, if the entry is still as the step found it.
-- Parameters  name, revision, the last tick as it was, the last tick from now on, all that has been dealt with
-- Result      1, if it was moved

UPDATE celeriac.schedule SET last_tick = $4::int8, dealt = $5::text
WHERE name = $1::text AND revision = $2::int8 AND NOT paused AND last_tick IS NOT DISTINCT FROM $3::int8
RETURNING 1
