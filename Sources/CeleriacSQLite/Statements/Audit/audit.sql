-- Entries of the audit log, the newest first.
-- Parameters  the number below which they are, limit
-- Result      number, entry

SELECT number, entry FROM celeriac_audit WHERE number < ? ORDER BY number DESC LIMIT ?
