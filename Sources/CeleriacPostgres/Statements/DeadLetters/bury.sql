-- Turns leased messages into dead letters. A letter whose id is taken gets a new one.
-- Parameters  calls, tokens, reasons
-- Result      call of each delivery that was ended

WITH gone AS (
    DELETE FROM celeriac.lease l USING unnest($1::int8[], $2::int8[], $3::text[]) AS i(call, token, reason)
    WHERE l.call = ANY (ARRAY[i.call]) AND l.token = i.token RETURNING l.call, l.deliveries, i.reason
),
buried AS (
    INSERT INTO celeriac.dead (id, long_id, queue, rank, reason, died_at, enqueued_at, deliveries, content_type,
        content_encoding, correlation_id, reply_to, headers, body)
    SELECT CASE WHEN t.is_taken THEN c.id || '+' || t.suffix ELSE c.id END,
        CASE WHEN t.is_taken AND c.long_id IS NOT NULL THEN c.long_id || '+' || t.suffix ELSE c.long_id END,
        c.queue, c.rank, g.reason, celeriac.now(), c.enqueued_at, g.deliveries, c.content_type, c.content_encoding,
        c.correlation_id, c.reply_to, c.headers, c.body
    FROM gone g JOIN celeriac.call c ON c.number = ANY (ARRAY[g.call]) CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT 1 FROM celeriac.dead d WHERE d.id = ANY (ARRAY[c.id])) AS is_taken,
            nextval('celeriac.call_number') AS suffix
    ) t
),
-- @include removeMessages
SELECT call FROM gone
