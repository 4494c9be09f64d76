-- Deletes workers whose time is over.

DELETE FROM celeriac.worker WHERE ctid = ANY (ARRAY(
    SELECT w.ctid FROM celeriac.worker w WHERE w.expires <= celeriac.now()
    ORDER BY w.name LIMIT 1000 FOR UPDATE SKIP LOCKED
))
