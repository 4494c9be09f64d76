-- Writes a worker's line.
-- Parameters  name, expires, status

INSERT OR REPLACE INTO celeriac_workers (name, expires, status) VALUES (?, ?, ?)
