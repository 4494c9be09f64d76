-- Frees the unique key of a call.
-- Parameters  call

UPDATE celeriac_calls SET unique_key = NULL, until_start = NULL WHERE number = ?
