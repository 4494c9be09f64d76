-- A call without a message, for SET.

queue = NULL, rank = NULL, place = NULL, not_before = NULL, enqueued_at = NULL,
unique_key = NULL, until_start = NULL, content_type = NULL, content_encoding = NULL,
correlation_id = NULL, reply_to = NULL, headers = NULL, body = NULL
