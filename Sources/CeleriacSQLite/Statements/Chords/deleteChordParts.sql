-- Deletes the parts of a chord.
-- Parameters  chord

DELETE FROM celeriac_chord_parts WHERE chord = ?
