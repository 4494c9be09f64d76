-- Locks calls that have a message, and shows its headers.
-- Parameters  ids
-- Result      id, headers

SELECT c.id, c.headers FROM celeriac.call c WHERE c.id = ANY ($1::text[]) AND c.headers IS NOT NULL
ORDER BY c.id FOR UPDATE
