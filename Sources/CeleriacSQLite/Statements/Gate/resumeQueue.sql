-- Resumes a queue.
-- Parameters  queue

DELETE FROM celeriac_pauses WHERE queue = ?
