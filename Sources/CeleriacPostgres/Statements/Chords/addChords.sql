-- Adds the chords that are missing.
-- Parameters  groups, long groups

INSERT INTO celeriac.chord (group_id, long_group_id)
SELECT i.group_id, i.long_group_id FROM unnest($1::text[], $2::text[]) AS i(group_id, long_group_id)
WHERE (SELECT c.number FROM celeriac.chord c WHERE c.group_id = i.group_id) IS NULL
ORDER BY i.group_id ON CONFLICT DO NOTHING
