-- Chords by their groups, locked until the transaction ends.
-- Parameters  groups
-- Result      number, group, size, extensions, arrived, launched, due, last id, expires

SELECT c.number, c.group_id, c.size, c.extensions, c.arrived, c.launched, c.due, c.last_id, c.expires
FROM celeriac.chord c WHERE c.group_id = ANY ($1::text[]) ORDER BY c.group_id FOR UPDATE
