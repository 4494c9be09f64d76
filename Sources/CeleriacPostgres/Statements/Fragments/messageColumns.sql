-- A message of the call `c` in the queue `q`, in thirteen columns.

c.id, c.long_id, c.rank, c.content_type, c.content_encoding, c.correlation_id, c.reply_to, c.headers, c.body, q.name,
c.not_before, c.enqueued_at
