-- Sends mail, and tells those who listen which row it is.
-- Parameters  channel, the words before the number, body

WITH sent AS (
    INSERT INTO celeriac.mail (sent_at, body) VALUES (celeriac.now(), $3::bytea) RETURNING number
)
SELECT pg_notify($1::text, $2::text || ' ' || number) FROM sent
