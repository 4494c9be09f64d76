-- Whether there is a dead letter of an id.
-- Parameters  id
-- Result      1, if there is one

SELECT 1 FROM celeriac_dead WHERE id = ?
