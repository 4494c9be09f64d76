-- A chord, by its group.
-- Parameters  group
-- Result      number, size, extensions, arrived, launched, due, last id, expires

SELECT number, size, extensions, arrived, launched, due, last_id, expires FROM celeriac_chords WHERE group_id = ?
