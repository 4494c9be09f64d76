-- Ends deliveries whose messages are done, and turns each message into its record where it lies. A record that does not
-- yield stays. A delivery of another id than the record's is left alone.
-- Parameters  1 calls, 2 tokens, 3 ids, 4 states, 5 attempts, 6 tasks, 7 queues, 8 workers, 9 started_at,
--             10 recorded_at, 11 expires, 12 parents, 13 failures, 14 metas, 15 results, 16 children
-- Result      call of each delivery that was ended

WITH n AS (
    DELETE FROM celeriac.lease l USING unnest($1::int8[], $2::int8[], $3::text[], $4::text[], $5::int4[], $6::text[],
        $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::bytea[],
        $14::bytea[], $15::bytea[], $16::bytea[])
        AS i(call, token, id, state, attempt, task, record_queue, worker, started_at, recorded_at, expires, parent_id,
            failure, meta, result, children), celeriac.call o
    WHERE l.call = ANY (ARRAY[i.call]) AND l.token = i.token AND o.number = ANY (ARRAY[i.call])
        AND o.id = ANY (ARRAY[i.id])
    RETURNING i.*
),
recorded AS (
    UPDATE celeriac.call c SET
        state = CASE WHEN
            -- @include recordYields
            THEN n.state ELSE c.state END,
        attempt = CASE WHEN
            -- @include recordYields
            THEN n.attempt ELSE c.attempt END,
        task = CASE WHEN
            -- @include recordYields
            THEN n.task ELSE c.task END,
        record_queue = CASE WHEN
            -- @include recordYields
            THEN n.record_queue ELSE c.record_queue END,
        worker = CASE WHEN
            -- @include recordYields
            THEN n.worker ELSE c.worker END,
        started_at = CASE WHEN
            -- @include recordYields
            THEN n.started_at ELSE c.started_at END,
        recorded_at = CASE WHEN
            -- @include recordYields
            THEN n.recorded_at ELSE c.recorded_at END,
        expires = CASE WHEN
            -- @include recordYields
            THEN n.expires ELSE c.expires END,
        parent_id = CASE WHEN
            -- @include recordYields
            THEN n.parent_id ELSE c.parent_id END,
        failure = CASE WHEN
            -- @include recordYields
            THEN n.failure ELSE c.failure END,
        meta = CASE WHEN
            -- @include recordYields
            THEN n.meta ELSE c.meta END,
        result = CASE WHEN
            -- @include recordYields
            THEN n.result ELSE c.result END,
        children = CASE WHEN
            -- @include recordYields
            THEN n.children ELSE c.children END,
        -- @include noMessage
    FROM n WHERE c.number = ANY (ARRAY[n.call])
)
SELECT call FROM n
