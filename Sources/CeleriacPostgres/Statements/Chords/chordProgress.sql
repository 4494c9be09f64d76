-- How far a chord is.
-- Parameters  group
-- Result      size with extensions or NULL, arrived, launched

SELECT size + extensions, arrived, launched FROM celeriac.chord
WHERE group_id = $1::text AND (expires IS NULL OR expires > celeriac.now())
