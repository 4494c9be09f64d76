-- Deletes a worker's line.
-- Parameters  name

DELETE FROM celeriac_workers WHERE name = ?
