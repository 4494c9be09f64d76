-- Sets a generation.
-- Parameters  name, value

UPDATE celeriac.generation SET value = $2::int8 WHERE name = $1::text
