-- Deletes the body of a chord.
-- Parameters  chord

DELETE FROM celeriac_chord_bodies WHERE chord = ?
