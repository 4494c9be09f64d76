-- Adds a chord.
-- Parameters  group

INSERT INTO celeriac_chords (group_id) VALUES (?)
