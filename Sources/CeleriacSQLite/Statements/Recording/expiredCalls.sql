-- Calls whose record has expired.
-- Parameters  now, limit
-- Result      id

SELECT id FROM celeriac_calls WHERE expires <= ? ORDER BY expires LIMIT ?
