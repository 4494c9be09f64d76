-- Appends an entry to the audit log, or replaces the one with its id, in its place.
-- Parameters  id, at, entry

INSERT INTO celeriac.audit (id, at, entry) VALUES ($1::text, $2::timestamptz, $3::bytea)
ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at, entry = EXCLUDED.entry
