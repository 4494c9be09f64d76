-- The leases of a consumer.
-- Parameters  consumer
-- Result      call, token, queue

SELECT l.call, l.token, q.name FROM celeriac.lease l
JOIN celeriac.call c ON c.number = l.call JOIN celeriac.queue q ON q.number = c.queue
WHERE l.consumer = $1::int8 ORDER BY l.call
