-- The parts of chords.
-- Parameters  chords
-- Result      chord, place, id, long id, state, result

SELECT p.chord, p.place, p.id, p.long_id, p.state, p.result FROM celeriac.chord_part p
WHERE p.chord = ANY ($1::int8[])
