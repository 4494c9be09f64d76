-- The leases of a consumer.
-- Parameters  consumer
-- Result      call, token, queue

SELECT l.call, l.token, c.queue FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call
WHERE l.consumer = ?
