-- Leases that have lapsed, with the places of their calls.
-- Parameters  boot, uptime, limit
-- Result      call, deliveries, token, queue, rank, position

SELECT l.call, l.deliveries, l.token, c.queue, c.rank, c.position
FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call
WHERE l.boot <> ? OR l.expires <= ? LIMIT ?
