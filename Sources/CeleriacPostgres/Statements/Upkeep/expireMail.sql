-- Deletes mail that everybody has had a minute to read.

DELETE FROM celeriac.mail WHERE number IN (
    SELECT number FROM celeriac.mail WHERE sent_at <= celeriac.now() - interval '1 minute'
    ORDER BY number LIMIT 10000 FOR UPDATE SKIP LOCKED
)
