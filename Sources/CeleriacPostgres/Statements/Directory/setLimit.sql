-- Sets the first free instant of a limit.
-- Parameters  key, free

UPDATE celeriac.start_limit SET free = $2::timestamptz WHERE key = $1::text
