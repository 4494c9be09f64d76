-- The revocation of a call.
-- Parameters  id, now
-- Result      terminate, until

SELECT terminate, until FROM celeriac_revocations WHERE id = ? AND until > ?
