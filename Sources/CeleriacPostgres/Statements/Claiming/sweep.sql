-- Puts messages whose lease has lapsed back into their places, up to 1,000, and wakes those who wait for them.
-- Parameters  channel; how soon, in microseconds, other leases must lapse to be of interest
-- Result      queue of each message, NULL; and one row with NULL, and the microseconds until the next lease lapses, or NULL
--
-- Reads all leases, since none of them could be renewed in its page if there were an index over `expires`. It does so by
-- an index, which forgets dead rows before the table does.

WITH near AS MATERIALIZED (
    SELECT l.ctid AS tuple, l.expires FROM celeriac.lease l
    WHERE l.call > 0 AND l.expires <= celeriac.uptime() + $2::int8 * interval '1 microsecond'
),
lapsed AS MATERIALIZED (
    SELECT l.ctid AS tuple FROM near n JOIN celeriac.lease l ON l.ctid = n.tuple
    WHERE n.expires <= celeriac.uptime() AND l.expires <= celeriac.uptime()
    ORDER BY l.call LIMIT 1000 FOR UPDATE OF l SKIP LOCKED
),
gone AS (
    DELETE FROM celeriac.lease l USING lapsed WHERE l.ctid = lapsed.tuple RETURNING l.call, l.token, l.deliveries
),
back AS (
    INSERT INTO celeriac.ready (queue, rank, place, call, deliveries, until_start, token)
    SELECT c.queue, c.rank, c.place, c.number, g.deliveries, coalesce(c.until_start, false), g.token
    FROM gone g JOIN celeriac.call c ON c.number = ANY (ARRAY[g.call])
    RETURNING queue
)
SELECT q.name, NULL::int8, pg_notify($1::text, '0 ' || q.name) FROM (SELECT DISTINCT queue FROM back) b
JOIN celeriac.queue q ON q.number = b.queue
UNION ALL
SELECT NULL, (extract(epoch FROM min(n.expires) - celeriac.uptime()) * 1000000)::int8, NULL
FROM near n WHERE n.expires > celeriac.uptime()
