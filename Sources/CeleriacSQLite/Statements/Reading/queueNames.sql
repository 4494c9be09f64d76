-- The names of all queues.
-- Result      name

SELECT name FROM celeriac_queues ORDER BY name
