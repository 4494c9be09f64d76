-- Leases the first messages of several queues, but of no paused one.
-- Parameters  1 queues, the first ones first; 2 to 4 for each the rank, place and call before which it is not looked at;
--             5 limit, 6 consumer, 7 a number below all tokens of this claim, 8 microseconds of the lease
-- Result      call, token, deliveries, rank, place, queue, id, long id, the message in six columns, whether it was
--             revoked; in the order of the claim
--
-- Here, as in all statements, a row of a busy table is joined by `= ANY (ARRAY[…])`. While statistics say that a table is
-- empty, the planner may read all of it in the order of an index to find what is equal by `=`, as for a merge join.

WITH picked AS MATERIALIZED (
    SELECT r.* FROM unnest($1::text[], $2::int2[], $3::timestamptz[], $4::int8[]) AS n(name, rank, place, call)
    CROSS JOIN LATERAL (
        SELECT r.ctid AS tuple, r.rank, r.place, r.call, r.deliveries, r.until_start, n.name FROM celeriac.ready r
        WHERE r.queue = (
                SELECT q.number FROM celeriac.queue q WHERE q.name = n.name
                    AND NOT EXISTS (SELECT FROM celeriac.pause p WHERE p.queue = q.name)
            )
            AND (r.rank, r.place, r.call) >= (n.rank, n.place, n.call)
        ORDER BY r.rank, r.place, r.call LIMIT $5::int8 FOR UPDATE SKIP LOCKED
    ) r LIMIT $5::int8
),
numbered AS MATERIALIZED (
    SELECT p.*, $7::int8 + row_number() OVER () AS token FROM picked p
),
gone AS (
    DELETE FROM celeriac.ready r USING numbered p WHERE r.ctid = p.tuple
),
leased AS (
    INSERT INTO celeriac.lease (call, token, consumer, expires, deliveries)
    SELECT call, token, $6::int8, celeriac.uptime() + $8::int8 * interval '1 microsecond', deliveries + 1 FROM numbered
),
freed AS (
    UPDATE celeriac.call c SET unique_key = NULL, until_start = NULL FROM numbered p
    WHERE p.until_start AND c.number = ANY (ARRAY[p.call])
)
SELECT p.call, p.token, p.deliveries + 1, p.rank, p.place, p.name, c.id, c.long_id, c.content_type, c.content_encoding,
    c.correlation_id, c.reply_to, c.headers, c.body,
    coalesce((SELECT v.until > celeriac.now() FROM celeriac.revocation v WHERE v.id = c.id), false)
FROM numbered p JOIN celeriac.call c ON c.number = ANY (ARRAY[p.call]) ORDER BY p.token
