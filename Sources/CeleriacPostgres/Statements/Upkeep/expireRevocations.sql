-- Deletes revocations whose time is over.

DELETE FROM celeriac.revocation WHERE ctid = ANY (ARRAY(
    SELECT r.ctid FROM celeriac.revocation r WHERE r.until <= celeriac.now()
    ORDER BY r.until LIMIT 1000 FOR UPDATE SKIP LOCKED
))
