-- The calls among these whose messages wait.
-- Parameters  ids
-- Result      id

SELECT c.id FROM celeriac.call c WHERE c.id = ANY ($1::text[]) AND c.headers IS NOT NULL
    AND (SELECT l.call FROM celeriac.lease l WHERE l.call = c.number) IS NULL
