-- Deletes the bodies of chords.
-- Parameters  chords

DELETE FROM celeriac.chord_body WHERE chord = ANY ($1::int8[])
