-- Replaces an entry of the audit log, in its place.
-- Parameters  at, entry, id

UPDATE celeriac_audit SET at = ?, entry = ? WHERE id = ?
