-- Deletes a call of which nothing is recorded.
-- Parameters  call

DELETE FROM celeriac_calls WHERE number = ? AND state IS NULL
