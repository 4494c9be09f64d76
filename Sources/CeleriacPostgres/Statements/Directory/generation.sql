-- A generation.
-- Parameters  name
-- Result      value

SELECT value FROM celeriac.generation WHERE name = $1::text
