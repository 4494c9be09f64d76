-- Entries of the audit log, the newest first.
-- Parameters  the number below which they are, limit
-- Result      number, entry

SELECT number, entry FROM celeriac.audit WHERE number < $1::int8 ORDER BY number DESC LIMIT $2::int8
