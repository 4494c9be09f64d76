-- Adds parts of chords, each once.
-- Parameters  chords, places, ids, long ids, states, results
-- Result      chord, place and id of each that is new

INSERT INTO celeriac.chord_part (chord, place, id, long_id, state, result)
SELECT DISTINCT ON (i.chord, i.place, i.id) i.chord, i.place, i.id, i.long_id, i.state, i.result
FROM unnest($1::int8[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::bytea[]) WITH ORDINALITY
    AS i(chord, place, id, long_id, state, result, number)
ORDER BY i.chord, i.place, i.id, i.number
ON CONFLICT DO NOTHING RETURNING chord, place, id
