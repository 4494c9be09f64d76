-- Adds calls with their messages, or gives a message to an id of which only a record is left. A call is left out if its
-- id has a message already, or if another call holds its unique key. No id and no key may occur twice.
-- Parameters  1 ids, 2 long ids, 3 queues, 4 ranks, 5 not_before, 6 unique keys, 7 until_start, 8 content types,
--             9 content encodings, 10 correlation ids, 11 reply_to, 12 headers, 13 bodies
-- Result      id of each call that was added

WITH input AS MATERIALIZED (
    SELECT i.*, nextval('celeriac.call_number'::regclass) AS number,
        (SELECT q.number FROM celeriac.queue q WHERE q.name = i.queue_name) AS queue
    FROM unnest($1::text[], $2::text[], $3::text[], $4::int2[], $5::timestamptz[], $6::text[], $7::boolean[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::bytea[], $13::bytea[])
        AS i(id, long_id, queue_name, rank, not_before, unique_key, until_start, content_type, content_encoding,
            correlation_id, reply_to, headers, body)
),
added AS (
    INSERT INTO celeriac.call AS c (number, id, long_id, queue, rank, place, not_before, enqueued_at, unique_key,
        until_start, content_type, content_encoding, correlation_id, reply_to, headers, body)
    SELECT i.number, i.id, i.long_id, i.queue, i.rank,
        CASE WHEN i.rank % 2 = 0 THEN timestamptz '2000-01-01 00:00Z' - i.number * interval '1 microsecond'
            ELSE coalesce(i.not_before, celeriac.now()) END,
        i.not_before, celeriac.now(), i.unique_key, i.until_start, i.content_type, i.content_encoding,
        i.correlation_id, i.reply_to, i.headers, i.body
    FROM input i
    WHERE i.unique_key IS NULL
        OR NOT EXISTS (SELECT 1 FROM celeriac.call h WHERE h.unique_key = ANY (ARRAY[i.unique_key]))
    -- In one order everywhere, so that two of these statements do not wait for each other.
    ORDER BY i.unique_key, i.id
    ON CONFLICT (id) DO UPDATE SET queue = EXCLUDED.queue, rank = EXCLUDED.rank, place = EXCLUDED.place,
        not_before = EXCLUDED.not_before, enqueued_at = EXCLUDED.enqueued_at, unique_key = EXCLUDED.unique_key,
        until_start = EXCLUDED.until_start, content_type = EXCLUDED.content_type,
        content_encoding = EXCLUDED.content_encoding, correlation_id = EXCLUDED.correlation_id,
        reply_to = EXCLUDED.reply_to, headers = EXCLUDED.headers, body = EXCLUDED.body
    WHERE c.headers IS NULL
    RETURNING c.number, c.id, c.queue, c.rank, c.place, c.not_before, c.until_start
),
readied AS (
    INSERT INTO celeriac.ready (queue, rank, place, call, deliveries, until_start)
    SELECT queue, rank, place, number, 0, coalesce(until_start, false) FROM added
    WHERE not_before IS NULL OR not_before <= celeriac.now()
),
postponed AS (
    INSERT INTO celeriac.delayed (queue, due, call, deliveries)
    SELECT queue, not_before, number, 0 FROM added WHERE not_before > celeriac.now()
)
SELECT id FROM added
