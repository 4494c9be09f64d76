-- The place of a call under a lease that has lapsed and that nobody has claimed since.
-- Parameters  call, token
-- Result      queue, rank, position, deliveries

SELECT r.queue, r.rank, r.position, r.deliveries
FROM celeriac_calls c JOIN celeriac_ready r
    ON r.queue = c.queue AND r.rank = c.rank AND r.position = c.position AND r.call = c.number
WHERE c.number = ? AND r.token = ?
