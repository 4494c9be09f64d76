-- A page of the dead letters of a queue as messages, the latest first.
-- Parameters  boot, uptime, queue, now, limit, number of the last letter of the page before
-- Result      the columns of messageColumns; 0; deliveries; number

SELECT c.id, c.rank, c.content_type, c.content_encoding, c.correlation_id, c.reply_to, c.headers, c.body,
    q.name, NULL, c.enqueued_at, 0, c.deliveries + 0 * (?1 + ?2 + ?4), c.number
FROM celeriac_dead c JOIN celeriac_queues q ON q.number = c.queue
WHERE c.queue = ?3 AND c.number < ?6 ORDER BY c.number DESC LIMIT ?5
