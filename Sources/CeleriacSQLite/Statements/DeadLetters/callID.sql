-- Id and queue of a call.
-- Parameters  call
-- Result      id, queue

SELECT id, queue FROM celeriac_calls WHERE number = ?
