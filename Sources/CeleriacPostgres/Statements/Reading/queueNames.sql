-- The names of all queues.
-- Result      name

SELECT name FROM celeriac.queue ORDER BY name
