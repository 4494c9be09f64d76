-- Deletes the oldest dead letter of a queue.
-- Parameters  queue

DELETE FROM celeriac_dead WHERE number = (SELECT min(number) FROM celeriac_dead WHERE queue = ?)
