-- Deletes which calls have extended chords.
-- Parameters  chords

DELETE FROM celeriac.chord_extension WHERE chord = ANY ($1::int8[])
