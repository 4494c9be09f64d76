-- Adds calls without unique keys, whose ids are all new; if one is known already, the statement fails, and adds none.
-- It costs the server less than `publish`. No id may occur twice.
-- Parameters  1 ids, 2 long ids, 3 queues, 4 which of them each call goes to, from 1 on, 5 ranks, 6 not_before,
--             7 content types, 8 content encodings, 9 correlation ids, 10 reply_to, 11 headers, 12 bodies;
--             a list that holds nothing but NULL may be NULL itself

WITH queues AS MATERIALIZED (
    SELECT array_agg((SELECT q.number FROM celeriac.queue q WHERE q.name = n.name) ORDER BY n.place) AS numbers
    FROM unnest($3::text[]) WITH ORDINALITY AS n(name, place)
),
added AS (
    INSERT INTO celeriac.call (number, id, long_id, queue, rank, place, not_before, enqueued_at, content_type,
        content_encoding, correlation_id, reply_to, headers, body)
    SELECT i.number, i.id, i.long_id, ((SELECT numbers FROM queues))[i.queue], i.rank,
        CASE WHEN i.rank % 2 = 0 THEN timestamptz '2000-01-01 00:00Z' - i.number * interval '1 microsecond'
            ELSE coalesce(i.not_before, celeriac.now()) END,
        i.not_before, celeriac.now(), i.content_type, i.content_encoding, i.correlation_id, i.reply_to, i.headers, i.body
    FROM (
        SELECT u.*, nextval('celeriac.call_number'::regclass) AS number
        FROM unnest($1::text[], $2::text[], $4::int4[], $5::int2[], $6::timestamptz[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::bytea[], $12::bytea[])
            AS u(id, long_id, queue, rank, not_before, content_type, content_encoding, correlation_id, reply_to, headers,
                body)
    ) i
    RETURNING number, queue, rank, place, not_before
),
readied AS (
    INSERT INTO celeriac.ready (queue, rank, place, call, deliveries, until_start)
    SELECT queue, rank, place, number, 0, false FROM added WHERE not_before IS NULL OR not_before <= celeriac.now()
)
INSERT INTO celeriac.delayed (queue, due, call, deliveries)
SELECT queue, not_before, number, 0 FROM added WHERE not_before > celeriac.now()
