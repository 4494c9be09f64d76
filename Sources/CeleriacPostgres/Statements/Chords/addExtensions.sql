-- Notes which calls have extended chords, each once.
-- Parameters  chords, calls
-- Result      chord and call of each that is new

INSERT INTO celeriac.chord_extension SELECT DISTINCT * FROM unnest($1::int8[], $2::text[])
ON CONFLICT DO NOTHING RETURNING chord, call
