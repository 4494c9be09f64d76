-- Adds a dead letter whose message lies with another broker.
-- Parameters  id, queue, rank, reason, died_at, type, encoding, correlation, reply_to, headers, body

INSERT INTO celeriac_dead (id, queue, rank, reason, died_at, enqueued_at, deliveries,
    content_type, content_encoding, correlation_id, reply_to, headers, body)
VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11)
