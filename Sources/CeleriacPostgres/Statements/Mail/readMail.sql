-- Mail by its numbers.
-- Parameters  numbers
-- Result      body; in the order of the numbers as they are given

SELECT m.body FROM unnest($1::int8[]) WITH ORDINALITY AS i(number, place)
JOIN celeriac.mail m ON m.number = ANY (ARRAY[i.number]) ORDER BY i.place
