-- Deletes a dead letter.
-- Parameters  id

DELETE FROM celeriac_dead WHERE id = ?
