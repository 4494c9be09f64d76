-- How many dead letters a queue holds, and their bytes.
-- Parameters  queue
-- Result      count, bytes

SELECT dead_count, dead_bytes FROM celeriac_queues WHERE number = ?
