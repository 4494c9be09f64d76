-- Place of a call that has a message.
-- Parameters  id
-- Result      number, queue, rank, position

SELECT number, queue, rank, position FROM celeriac_calls WHERE id = ? AND headers IS NOT NULL
