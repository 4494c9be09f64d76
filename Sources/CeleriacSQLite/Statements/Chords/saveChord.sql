-- Writes how far a chord is.
-- Parameters  number, size, extensions, arrived, due, last id, expires

UPDATE celeriac_chords SET size = ?2, extensions = ?3, arrived = ?4, due = ?5, last_id = ?6, expires = ?7
WHERE number = ?1
