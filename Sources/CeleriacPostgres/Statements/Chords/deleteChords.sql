-- Deletes chords.
-- Parameters  numbers

DELETE FROM celeriac.chord WHERE number = ANY ($1::int8[])
