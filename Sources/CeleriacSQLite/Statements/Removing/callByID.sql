-- Place of a call that has a message.
-- Parameters  id
-- Result      number, queue, rank, position, not_before

SELECT number, queue, rank, position, not_before FROM celeriac_calls
WHERE id = ? AND headers IS NOT NULL
