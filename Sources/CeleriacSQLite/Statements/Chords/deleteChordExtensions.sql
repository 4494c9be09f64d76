-- Deletes who has extended a chord.
-- Parameters  chord

DELETE FROM celeriac_chord_extensions WHERE chord = ?
