-- Calls of a queue that wait, up to a number.
-- Parameters  queue, last call, limit
-- Result      id

SELECT c.id FROM (
    SELECT call FROM celeriac_ready WHERE queue = ?1 UNION ALL
    SELECT call FROM celeriac_delayed WHERE queue = ?1
) w CROSS JOIN celeriac_calls c ON c.number = w.call
WHERE w.call <= ?2 LIMIT ?3
