-- The leases of a consumer.
-- Parameters  consumer
-- Result      call, token, queue

SELECT l.call, l.token, q.name FROM celeriac.lease l
JOIN celeriac.call c ON c.number = ANY (ARRAY[l.call]) JOIN celeriac.queue q ON q.number = ANY (ARRAY[c.queue])
WHERE l.consumer = $1::int8
