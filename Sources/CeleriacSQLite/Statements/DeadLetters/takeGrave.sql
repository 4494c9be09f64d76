-- The message of a dead letter.
-- Parameters  id
-- Result      queue, rank, the message in six columns

SELECT queue, rank, content_type, content_encoding, correlation_id, reply_to, headers, body
FROM celeriac_dead WHERE id = ?
