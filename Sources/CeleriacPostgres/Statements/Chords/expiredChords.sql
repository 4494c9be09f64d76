-- Locks chords whose time is over.
-- Parameters  limit
-- Result      number

SELECT c.number FROM celeriac.chord c WHERE c.expires <= celeriac.now()
ORDER BY c.expires LIMIT $1::int8 FOR UPDATE SKIP LOCKED
