-- The message of a call.
-- Parameters  boot, uptime, id
-- Result      the columns of messageColumns; whether it is leased; deliveries

SELECT
    -- @include messageColumns
    , l.call IS NOT NULL AND
    -- @include live
    , coalesce(l.deliveries, r.deliveries, d.deliveries, 0)
FROM celeriac_calls c JOIN celeriac_queues q ON q.number = c.queue
    LEFT JOIN celeriac_leases l ON l.call = c.number
    LEFT JOIN celeriac_ready r
        ON r.queue = c.queue AND r.rank = c.rank AND r.position = c.position AND r.call = c.number
    LEFT JOIN celeriac_delayed d ON d.queue = c.queue AND d.due = c.not_before AND d.call = c.number
WHERE c.id = ?3 AND c.headers IS NOT NULL
