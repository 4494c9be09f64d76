-- The ids of calls and dead letters that begin with a text.
-- Parameters  the text; a text behind all that begin with it; limit
-- Result      id, long id

SELECT c.id, c.long_id FROM celeriac.call c WHERE c.id >= $1::text AND c.id < $2::text
UNION SELECT d.id, d.long_id FROM celeriac.dead d WHERE d.id >= $1::text AND d.id < $2::text
LIMIT $3::int8
