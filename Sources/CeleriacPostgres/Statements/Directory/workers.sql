-- The lines of workers that live.
-- Result      status

SELECT status FROM celeriac.worker WHERE expires > celeriac.now() ORDER BY name
