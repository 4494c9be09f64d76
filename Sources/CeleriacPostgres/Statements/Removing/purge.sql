-- Removes up to a number of waiting messages of a queue, none that came later than a call.
-- Parameters  queue, the last call, limit
-- Result      how many

WITH unready AS (
    DELETE FROM celeriac.ready d USING (
        SELECT r.ctid AS tuple FROM celeriac.ready r
        WHERE r.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text) AND r.call <= $2::int8
        LIMIT $3::int8 FOR UPDATE SKIP LOCKED
    ) r WHERE d.ctid = r.tuple RETURNING d.call
),
undelayed AS (
    DELETE FROM celeriac.delayed d USING (
        SELECT r.ctid AS tuple FROM celeriac.delayed r
        WHERE r.queue = (SELECT number FROM celeriac.queue WHERE name = $1::text) AND r.call <= $2::int8
        LIMIT $3::int8 FOR UPDATE SKIP LOCKED
    ) r WHERE d.ctid = r.tuple RETURNING d.call
),
gone AS (
    SELECT call FROM unready UNION ALL SELECT call FROM undelayed
),
-- @include removeMessages
SELECT count(*) FROM gone
