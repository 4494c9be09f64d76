-- The records of calls, and where their messages are.
-- Parameters  ids
-- Result      id; the record in thirteen columns; headers, queue, not_before in the future, whether it is leased

SELECT c.id, c.state, c.attempt, c.task, c.record_queue, c.worker, c.started_at, c.recorded_at, c.parent_id, c.failure,
    c.meta, c.result, c.children, c.expires <= celeriac.now(), c.headers, q.name, c.not_before > celeriac.now(),
    l.expires > celeriac.uptime()
FROM unnest($1::text[]) AS i(id) JOIN celeriac.call c ON c.id = ANY (ARRAY[i.id])
    LEFT JOIN celeriac.queue q ON q.number = ANY (ARRAY[c.queue])
    LEFT JOIN celeriac.lease l ON l.call = ANY (ARRAY[c.number])
