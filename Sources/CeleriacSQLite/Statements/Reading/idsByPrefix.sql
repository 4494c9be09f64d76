-- The ids of calls and dead letters that begin with a text.
-- Parameters  the text; a text behind all that begin with it; limit
-- Result      id

SELECT id FROM celeriac_calls WHERE id >= ?1 AND id < ?2
UNION SELECT id FROM celeriac_dead WHERE id >= ?1 AND id < ?2
LIMIT ?3
