-- The number of a queue.
-- Parameters  name
-- Result      number, if there is one

SELECT number FROM celeriac_queues WHERE name = ?
