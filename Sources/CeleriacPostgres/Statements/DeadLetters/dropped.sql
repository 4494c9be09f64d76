-- How many dead letters were dropped.
-- Result      queue, count; only queues that have dropped some

SELECT name, dead_dropped FROM celeriac.queue WHERE dead_dropped > 0
