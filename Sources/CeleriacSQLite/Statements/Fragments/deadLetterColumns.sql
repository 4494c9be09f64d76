-- Dead letters as they are shown.

SELECT d.id, d.rank, d.content_type, d.content_encoding, d.correlation_id, d.reply_to, d.headers, d.body, q.name,
    d.enqueued_at, d.deliveries, d.reason, d.died_at, d.number
FROM celeriac_dead d JOIN celeriac_queues q ON q.number = d.queue
