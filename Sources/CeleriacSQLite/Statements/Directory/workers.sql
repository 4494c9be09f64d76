-- The lines of workers that live.
-- Parameters  now
-- Result      status

SELECT status FROM celeriac_workers WHERE expires > ? ORDER BY name
