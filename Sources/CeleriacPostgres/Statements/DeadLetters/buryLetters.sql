-- Adds the dead letters of another broker, each unless it is there already.
-- Parameters  1 ids, 2 long ids, 3 queues, 4 ranks, 5 reasons, 6 died_at, 7 content types, 8 content encodings,
--             9 correlation ids, 10 reply_to, 11 headers, 12 bodies

INSERT INTO celeriac.dead (id, long_id, queue, rank, reason, died_at, enqueued_at, deliveries, content_type,
    content_encoding, correlation_id, reply_to, headers, body)
SELECT CASE WHEN t.is_taken THEN i.id || '+' || t.suffix ELSE i.id END,
    CASE WHEN t.is_taken AND i.long_id IS NOT NULL THEN i.long_id || '+' || t.suffix ELSE i.long_id END,
    (SELECT q.number FROM celeriac.queue q WHERE q.name = i.queue_name), i.rank, i.reason, i.died_at, i.died_at, 1,
    i.content_type, i.content_encoding, i.correlation_id, i.reply_to, i.headers, i.body
FROM unnest($1::text[], $2::text[], $3::text[], $4::int2[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::bytea[], $12::bytea[])
    AS i(id, long_id, queue_name, rank, reason, died_at, content_type, content_encoding, correlation_id, reply_to,
        headers, body)
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT 1 FROM celeriac.dead d WHERE d.id = ANY (ARRAY[i.id])) AS is_taken,
            nextval('celeriac.call_number') AS suffix
    ) t
WHERE NOT EXISTS (SELECT 1 FROM celeriac.dead d WHERE d.id = ANY (ARRAY[i.id]) AND d.died_at = i.died_at)
