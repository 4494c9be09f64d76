-- Chords whose time is over.
-- Parameters  now, limit
-- Result      number

SELECT number FROM celeriac_chords WHERE expires <= ? ORDER BY expires LIMIT ?
