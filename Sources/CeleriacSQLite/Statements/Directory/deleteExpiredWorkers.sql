-- Deletes workers whose time is over.
-- Parameters  now

DELETE FROM celeriac_workers WHERE expires <= ?
