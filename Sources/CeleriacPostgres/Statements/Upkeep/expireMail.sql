-- Deletes mail that everybody has had a minute to read.

DELETE FROM celeriac.mail WHERE ctid = ANY (ARRAY(
    SELECT m.ctid FROM celeriac.mail m WHERE m.sent_at <= celeriac.now() - interval '1 minute'
    ORDER BY m.number LIMIT 10000 FOR UPDATE SKIP LOCKED
))
