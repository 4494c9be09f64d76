-- Deletes the record of a call and leaves its message.
-- Parameters  id

UPDATE celeriac_calls SET state = NULL, attempt = NULL, task = NULL, record_queue = NULL, worker = NULL,
    started_at = NULL, recorded_at = NULL, expires = NULL, parent_id = NULL, failure = NULL, meta = NULL,
    result = NULL, children = NULL
WHERE id = ? AND headers IS NOT NULL
