-- Deletes a call that has no message.
-- Parameters  id

DELETE FROM celeriac_calls WHERE id = ? AND headers IS NULL
