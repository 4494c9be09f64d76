-- A generation, locked until the transaction ends.
-- Parameters  name
-- Result      value

SELECT value FROM celeriac.generation WHERE name = $1::text FOR UPDATE
