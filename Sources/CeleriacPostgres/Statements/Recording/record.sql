-- Records states, each unless a record stands that does not yield. No id may occur twice.
-- Parameters  1 ids, 2 long ids, 3 to 15 as 4 to 16 of complete
-- Result      id of each record that was written

INSERT INTO celeriac.call AS c (id, long_id, state, attempt, task, record_queue, worker, started_at, recorded_at, expires,
    parent_id, failure, meta, result, children)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::text[], $7::text[],
    $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::bytea[], $13::bytea[], $14::bytea[],
    $15::bytea[]) AS n
ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, attempt = EXCLUDED.attempt, task = EXCLUDED.task,
    record_queue = EXCLUDED.record_queue, worker = EXCLUDED.worker, started_at = EXCLUDED.started_at,
    recorded_at = EXCLUDED.recorded_at, expires = EXCLUDED.expires, parent_id = EXCLUDED.parent_id,
    failure = EXCLUDED.failure, meta = EXCLUDED.meta, result = EXCLUDED.result, children = EXCLUDED.children
WHERE c.state IS NULL OR c.expires <= celeriac.now()
    OR CASE c.state WHEN 'SUCCESS' THEN 0 WHEN 'FAILURE' THEN 1 WHEN 'REVOKED' THEN 3 ELSE 4 END
    > CASE EXCLUDED.state WHEN 'SUCCESS' THEN 0 WHEN 'FAILURE' THEN 1 ELSE 3 END
RETURNING c.id
