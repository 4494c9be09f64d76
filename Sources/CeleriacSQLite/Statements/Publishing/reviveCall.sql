-- Gives a message to an id of which only a record is left.
-- Parameters  as for insertCall
-- Result      number, if there was such a record

UPDATE celeriac_calls SET queue = ?2, rank = ?3, position = ?4, not_before = ?5, enqueued_at = ?6,
    unique_key = ?7, until_start = ?8, content_type = ?9, content_encoding = ?10, correlation_id = ?11,
    reply_to = ?12, headers = ?13, body = ?14
WHERE id = ?1 AND headers IS NULL RETURNING number
