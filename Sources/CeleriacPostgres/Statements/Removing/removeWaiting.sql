-- Removes messages that wait. Messages that are leased stay.
-- Parameters  ids
-- Result      id of each call whose message was removed

WITH target AS MATERIALIZED (
    SELECT c.number, c.id, c.queue, c.rank, c.place, c.not_before FROM celeriac.call c
    WHERE c.id = ANY ($1::text[]) AND c.headers IS NOT NULL ORDER BY c.id FOR UPDATE
),
unready AS (
    DELETE FROM celeriac.ready r USING target t
    WHERE r.queue = ANY (ARRAY[t.queue]) AND r.rank = t.rank AND r.place = t.place AND r.call = t.number
    RETURNING t.number AS call, t.id
),
undelayed AS (
    DELETE FROM celeriac.delayed d USING target t
    WHERE d.queue = ANY (ARRAY[t.queue]) AND d.due = t.not_before AND d.call = t.number RETURNING t.number AS call, t.id
),
gone AS (
    SELECT call, id FROM unready UNION ALL SELECT call, id FROM undelayed
),
-- @include removeMessages
SELECT id FROM gone
