-- Deletes revocations whose time is over.
-- Parameters  now

DELETE FROM celeriac_revocations WHERE until <= ?
