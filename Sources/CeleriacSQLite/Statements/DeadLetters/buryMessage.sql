-- Copies a call's message to the dead letters.
-- Parameters  call, id of the letter, reason, died_at, deliveries

INSERT INTO celeriac_dead (id, queue, rank, reason, died_at, enqueued_at, deliveries,
    content_type, content_encoding, correlation_id, reply_to, headers, body)
SELECT ?2, queue, rank, ?3, ?4, enqueued_at, ?5, content_type, content_encoding, correlation_id, reply_to,
    headers, body
FROM celeriac_calls WHERE number = ?1
