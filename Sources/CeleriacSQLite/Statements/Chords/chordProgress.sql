-- How far a chord is.
-- Parameters  group, now
-- Result      size with extensions or NULL, arrived, launched

SELECT size + extensions, arrived, launched FROM celeriac_chords
WHERE group_id = ? AND (expires IS NULL OR expires > ?)
