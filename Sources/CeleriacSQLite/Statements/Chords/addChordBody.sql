-- Adds the body of a chord.
-- Parameters  chord, root, body, header

INSERT INTO celeriac_chord_bodies VALUES (?, ?, ?, ?)
