-- The name of a queue.
-- Parameters  number
-- Result      name

SELECT name FROM celeriac_queues WHERE number = ?
