-- Writes a worker's line.
-- Parameters  name, expires, status

INSERT INTO celeriac.worker VALUES ($1::text, $2::timestamptz, $3::bytea)
ON CONFLICT (name) DO UPDATE SET expires = EXCLUDED.expires, status = EXCLUDED.status
