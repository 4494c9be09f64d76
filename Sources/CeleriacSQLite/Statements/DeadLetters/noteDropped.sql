-- Counts a dead letter that was dropped.
-- Parameters  queue

UPDATE celeriac_queues SET dead_dropped = dead_dropped + 1 WHERE number = ?
