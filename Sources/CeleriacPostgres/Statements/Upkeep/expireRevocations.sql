-- Deletes revocations whose time is over.

DELETE FROM celeriac.revocation WHERE id IN (
    SELECT id FROM celeriac.revocation WHERE until <= celeriac.now() ORDER BY until LIMIT 1000 FOR UPDATE SKIP LOCKED
)
