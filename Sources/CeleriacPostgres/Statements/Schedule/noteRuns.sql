-- Counts the calls of an entry.
-- Parameters  name, how many, the last call, when

UPDATE celeriac.schedule SET runs = least(runs, 1000000000) + $2::int8, last_call = $3::text, last_published = $4::int8
WHERE name = $1::text
