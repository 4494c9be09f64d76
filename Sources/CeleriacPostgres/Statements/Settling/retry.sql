-- Replaces messages by their next attempts.
-- Parameters  1 calls, 2 tokens, 3 not_before or NULL, 4 ranks, 5 content types, 6 content encodings, 7 correlation ids,
--             8 reply_to, 9 headers, 10 bodies
-- Result      call of each delivery that was ended

WITH ended AS (
    DELETE FROM celeriac.lease l USING unnest($1::int8[], $2::int8[], $3::timestamptz[], $4::int2[], $5::text[],
        $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[])
        AS i(call, token, not_before, rank, content_type, content_encoding, correlation_id, reply_to, headers, body)
    WHERE l.call = ANY (ARRAY[i.call]) AND l.token = i.token
    RETURNING i.*
),
replaced AS (
    UPDATE celeriac.call c SET rank = e.rank, place = coalesce(e.not_before, celeriac.now()), not_before = e.not_before,
        content_type = e.content_type, content_encoding = e.content_encoding, correlation_id = e.correlation_id,
        reply_to = e.reply_to, headers = e.headers, body = e.body
    FROM ended e WHERE c.number = ANY (ARRAY[e.call])
    RETURNING c.number, c.queue, c.rank, c.place, c.not_before, c.until_start
),
readied AS (
    INSERT INTO celeriac.ready (queue, rank, place, call, deliveries, until_start)
    SELECT queue, rank, place, number, 0, coalesce(until_start, false) FROM replaced
    WHERE not_before IS NULL OR not_before <= celeriac.now()
),
postponed AS (
    INSERT INTO celeriac.delayed (queue, due, call, deliveries)
    SELECT queue, not_before, number, 0 FROM replaced WHERE not_before > celeriac.now()
)
SELECT call FROM ended
