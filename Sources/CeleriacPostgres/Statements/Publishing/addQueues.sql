-- Adds the queues that are missing.
-- Parameters  names
--
-- The role of a caller's own transaction may have another `unnest` in its search_path.

INSERT INTO celeriac.queue (name) SELECT n.name FROM pg_catalog.unnest($1::text[]) n(name)
WHERE NOT EXISTS (SELECT 1 FROM celeriac.queue q WHERE q.name = n.name)
ORDER BY n.name ON CONFLICT DO NOTHING
