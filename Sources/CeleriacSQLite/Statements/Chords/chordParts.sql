-- The parts of a chord.
-- Parameters  chord
-- Result      place, id, state, result

SELECT place, id, state, result FROM celeriac_chord_parts WHERE chord = ?
