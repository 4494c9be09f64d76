-- Where a call belongs.
-- Parameters  call
-- Result      queue, rank, position, not_before

SELECT queue, rank, position, not_before FROM celeriac_calls WHERE number = ?
