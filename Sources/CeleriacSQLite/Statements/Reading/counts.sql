-- Counts the messages of a queue.
-- Parameters  boot, uptime, queue, now
-- Result      listed as ready; listed as delayed; of these due; leased; lapsed; dead

SELECT (SELECT count(*) FROM celeriac_ready WHERE queue = ?3),
    (SELECT count(*) FROM celeriac_delayed WHERE queue = ?3),
    (SELECT count(*) FROM celeriac_delayed WHERE queue = ?3 AND due <= ?4),
    (SELECT ifnull(sum(
        -- @include live
    ), 0) FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call WHERE c.queue = ?3),
    (SELECT ifnull(sum(NOT (
        -- @include live
    )), 0) FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call WHERE c.queue = ?3),
    (SELECT count(*) FROM celeriac_dead WHERE queue = ?3)
