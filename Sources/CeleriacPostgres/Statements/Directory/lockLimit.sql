-- The first free instant of a limit, made if it is missing, and locked until the transaction ends.
-- Parameters  key
-- Result      free, now

INSERT INTO celeriac.start_limit AS l VALUES ($1::text, celeriac.now())
ON CONFLICT (key) DO UPDATE SET free = l.free RETURNING free, celeriac.now()
