-- Resumes a queue.
-- Parameters  queue

DELETE FROM celeriac.pause WHERE queue = $1::text
