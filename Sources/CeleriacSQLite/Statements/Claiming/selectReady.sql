-- Ready calls of a queue in the order of claims.
-- Parameters  now, queue, limit
-- Result      rank, position, call, deliveries, id, until_start, the message in six columns, whether it was revoked

SELECT r.rank, r.position, r.call, r.deliveries, c.id, c.until_start, c.content_type, c.content_encoding,
    c.correlation_id, c.reply_to, c.headers, c.body,
    EXISTS (SELECT 1 FROM celeriac_revocations v WHERE v.id = c.id AND v.until > ?)
FROM celeriac_ready r CROSS JOIN celeriac_calls c ON c.number = r.call
WHERE r.queue = ? ORDER BY r.rank, r.position, r.call LIMIT ?
