-- Records a state of a call of which nothing is known.
-- Parameters  1 to 12 as for completeCall; 13 id

INSERT INTO celeriac_calls (state, attempt, task, record_queue, worker, started_at, recorded_at, expires,
    parent_id, failure, meta, result, id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING
