-- Deletes the parts of chords.
-- Parameters  chords

DELETE FROM celeriac.chord_part WHERE chord = ANY ($1::int8[])
