-- Delayed calls of a queue that are due, the earliest first.
-- Parameters  queue, now, limit
-- Result      due, call, deliveries, rank, position

SELECT d.due, d.call, d.deliveries, c.rank, c.position
FROM celeriac_delayed d CROSS JOIN celeriac_calls c ON c.number = d.call
WHERE d.queue = ? AND d.due <= ? ORDER BY d.due, d.call LIMIT ?
