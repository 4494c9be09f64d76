-- The message of a call.
-- Parameters  id
-- Result      the columns of messageColumns; deliveries; whether it is leased; whether it is not due yet

SELECT
    -- @include messageColumns
    , coalesce(l.deliveries, r.deliveries, d.deliveries, 0), coalesce(l.expires > celeriac.uptime(), false),
    coalesce(c.not_before > celeriac.now(), false)
FROM celeriac.call c JOIN celeriac.queue q ON q.number = ANY (ARRAY[c.queue])
    LEFT JOIN celeriac.lease l ON l.call = ANY (ARRAY[c.number])
    LEFT JOIN celeriac.ready r ON r.queue = ANY (ARRAY[c.queue]) AND r.rank = c.rank AND r.place = c.place
        AND r.call = ANY (ARRAY[c.number])
    LEFT JOIN celeriac.delayed d ON d.queue = ANY (ARRAY[c.queue]) AND d.due = c.not_before
        AND d.call = ANY (ARRAY[c.number])
WHERE c.id = $1::text AND c.headers IS NOT NULL
