-- Counts the calls of an entry.
-- Parameters  name, how many, the last call, when

UPDATE celeriac_schedule SET runs = min(runs, 1000000000) + ?2, last_call = ?3, last_published = ?4 WHERE name = ?1
