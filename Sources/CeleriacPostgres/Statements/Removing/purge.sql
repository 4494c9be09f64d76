-- Removes up to a number of ready messages of a queue, and as many delayed ones, none that came later than a call.
-- Parameters  queue, the last call, limit
-- Result      how many

WITH ready AS MATERIALIZED (
    SELECT r.ctid AS tuple FROM celeriac.ready r
    WHERE r.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text) AND r.call <= $2::int8
    LIMIT $3::int8 FOR UPDATE SKIP LOCKED
),
delayed AS MATERIALIZED (
    SELECT d.ctid AS tuple FROM celeriac.delayed d
    WHERE d.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text) AND d.call <= $2::int8
    LIMIT $3::int8 FOR UPDATE SKIP LOCKED
),
unready AS (
    DELETE FROM celeriac.ready r USING ready WHERE r.ctid = ready.tuple RETURNING r.call
),
undelayed AS (
    DELETE FROM celeriac.delayed d USING delayed WHERE d.ctid = delayed.tuple RETURNING d.call
),
gone AS (
    SELECT call FROM unready UNION ALL SELECT call FROM undelayed
),
-- @include removeMessages
SELECT count(*) FROM gone
