-- Replaces the message of a call by its next attempt.
-- Parameters  call, rank, position, not_before, type, encoding, correlation, reply_to, headers, body
-- Result      queue

UPDATE celeriac_calls SET rank = ?2, position = ?3, not_before = ?4, content_type = ?5,
    content_encoding = ?6, correlation_id = ?7, reply_to = ?8, headers = ?9, body = ?10
WHERE number = ?1 RETURNING queue
