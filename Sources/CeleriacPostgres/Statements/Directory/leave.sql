-- Deletes a worker's line.
-- Parameters  name

DELETE FROM celeriac.worker WHERE name = $1::text
