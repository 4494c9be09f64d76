-- Deletes workers whose time is over.

DELETE FROM celeriac.worker WHERE name IN (
    SELECT name FROM celeriac.worker WHERE expires <= celeriac.now() ORDER BY name LIMIT 1000 FOR UPDATE SKIP LOCKED
)
