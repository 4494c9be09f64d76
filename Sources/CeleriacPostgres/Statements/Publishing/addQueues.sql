-- Adds the queues that are missing.
-- Parameters  names

INSERT INTO celeriac.queue (name) SELECT n.name FROM unnest($1::text[]) n(name)
WHERE NOT EXISTS (SELECT 1 FROM celeriac.queue q WHERE q.name = n.name)
ORDER BY n.name ON CONFLICT DO NOTHING
