-- The call that holds a unique key.
-- Parameters  key
-- Result      id

SELECT id FROM celeriac_calls WHERE unique_key = ?
