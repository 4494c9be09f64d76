-- Dead letters as they are shown.

SELECT d.id, d.long_id, d.rank, d.content_type, d.content_encoding, d.correlation_id, d.reply_to, d.headers, d.body,
    q.name, d.enqueued_at, d.deliveries, d.reason, d.died_at, d.number
FROM celeriac.dead d JOIN celeriac.queue q ON q.number = ANY (ARRAY[d.queue])
