-- Appends an entry to the audit log, unless its id is there.
-- Parameters  id, at, entry

INSERT INTO celeriac_audit (id, at, entry) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING
