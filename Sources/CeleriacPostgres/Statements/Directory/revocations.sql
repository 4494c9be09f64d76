-- The revocations in force among calls.
-- Parameters  ids
-- Result      id, terminate, until

SELECT r.id, r.terminate, r.until FROM celeriac.revocation r
WHERE r.id = ANY ($1::text[]) AND r.until > celeriac.now()
