-- A message of the call `c` in the queue `q`.

c.id, c.rank, c.content_type, c.content_encoding, c.correlation_id, c.reply_to, c.headers, c.body, q.name,
c.not_before, c.enqueued_at
