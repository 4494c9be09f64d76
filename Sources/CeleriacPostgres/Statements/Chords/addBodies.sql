-- Adds the bodies of chords.
-- Parameters  chords, roots, bodies, headers

INSERT INTO celeriac.chord_body SELECT * FROM unnest($1::int8[], $2::text[], $3::bytea[], $4::bytea[])
ON CONFLICT DO NOTHING
