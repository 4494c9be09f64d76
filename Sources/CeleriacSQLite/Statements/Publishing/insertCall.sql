-- Adds a call with its message, unless its id is known.
-- Parameters  id, queue, rank, position, not_before, enqueued_at, key, until_start, type, encoding, correlation,
--             reply_to, headers, body

INSERT INTO celeriac_calls (id, queue, rank, position, not_before, enqueued_at, unique_key, until_start,
    content_type, content_encoding, correlation_id, reply_to, headers, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING
