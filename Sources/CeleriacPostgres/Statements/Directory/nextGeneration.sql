-- Moves a generation on. The lock gives numbers in the order of commits.
-- Parameters  name
-- Result      the new value

UPDATE celeriac.generation SET value = value + 1 WHERE name = $1::text RETURNING value
