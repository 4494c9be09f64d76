-- Why calls were left out: the call that holds the unique key, or whether their own id has a message.
-- Parameters  ids, unique keys
-- Result      id; id and long id of the call that holds the key, or NULL; whether the id has a message

SELECT i.id, h.id, h.long_id,
    EXISTS (SELECT 1 FROM celeriac.call c WHERE c.id = ANY (ARRAY[i.id]) AND c.headers IS NOT NULL)
FROM unnest($1::text[], $2::text[]) AS i(id, unique_key)
    LEFT JOIN LATERAL (
        SELECT c.id, c.long_id FROM celeriac.call c WHERE c.unique_key = i.unique_key LIMIT 1
    ) h ON true
