-- Wakes those who listen, once the transaction is committed.
-- Parameters  channel, payloads

SELECT pg_notify($1::text, p.payload) FROM pg_catalog.unnest($2::text[]) AS p(payload)
