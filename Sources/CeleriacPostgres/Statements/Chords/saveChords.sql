-- Writes how far chords are. A due of -1 draws the next number.
-- Parameters  numbers, sizes, extensions, arrived, due, last ids, expires

UPDATE celeriac.chord c SET size = i.size, extensions = i.extensions, arrived = i.arrived,
    due = CASE WHEN i.due = -1 THEN nextval('celeriac.chord_due') ELSE i.due END, last_id = i.last_id,
    expires = i.expires
FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::text[], $7::timestamptz[])
    AS i(number, size, extensions, arrived, due, last_id, expires)
WHERE c.number = ANY (ARRAY[i.number])
