-- Deletes the records of calls and leaves their messages.
-- Parameters  ids

UPDATE celeriac.call SET state = NULL, attempt = NULL, task = NULL, record_queue = NULL, worker = NULL,
    started_at = NULL, recorded_at = NULL, expires = NULL, parent_id = NULL, failure = NULL, meta = NULL,
    result = NULL, children = NULL
WHERE id = ANY ($1::text[]) AND headers IS NOT NULL AND state IS NOT NULL
