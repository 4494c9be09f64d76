-- Where the ready messages of a queue lie. Parameters 1 to 4: boot, uptime, queue, now.

SELECT rank, position, call, deliveries FROM celeriac_ready WHERE queue = ?3
UNION ALL
SELECT c.rank, c.position, c.number, d.deliveries
FROM celeriac_delayed d CROSS JOIN celeriac_calls c ON c.number = d.call WHERE d.queue = ?3 AND d.due <= ?4
UNION ALL
SELECT c.rank, c.position, c.number, l.deliveries
FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call WHERE c.queue = ?3 AND NOT (
    -- @include live
)
