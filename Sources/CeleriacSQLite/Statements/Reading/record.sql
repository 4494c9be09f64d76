-- The record of a call, and where its message is.
-- Parameters  boot, uptime, id
-- Result      the record in twelve columns; headers, queue, not_before, whether it is leased; what the call has sent

SELECT c.state, c.attempt, c.task, c.record_queue, c.worker, c.started_at, c.recorded_at, c.expires,
    c.parent_id, c.failure, c.meta, c.result,
    c.headers, q.name, c.not_before, l.call IS NOT NULL AND
    -- @include live
    , c.children
FROM celeriac_calls c
    LEFT JOIN celeriac_leases l ON l.call = c.number LEFT JOIN celeriac_queues q ON q.number = c.queue
WHERE c.id = ?3
