-- Chords under claims.
-- Parameters  numbers, claims
-- Result      number, claim, group, long group, size with extensions, last id, root, body, header; in the order of the
--             claims, without those that are lost

SELECT c.number, c.claim, c.group_id, c.long_group_id, c.size + c.extensions, c.last_id, b.root_id, b.body, b.header
FROM unnest($1::int8[], $2::int8[]) AS i(number, claim)
    JOIN celeriac.chord c ON c.number = ANY (ARRAY[i.number]) AND c.claim = i.claim
    JOIN celeriac.chord_body b ON b.chord = ANY (ARRAY[c.number])
ORDER BY c.claim
