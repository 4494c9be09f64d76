-- Deletes limits that hold nobody up.

DELETE FROM celeriac.start_limit WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM celeriac.start_limit l WHERE l.free <= celeriac.now() - interval '1 hour'
        AND NOT EXISTS (SELECT 1 FROM celeriac.start_reservation r WHERE r.key = ANY (ARRAY[l.key]))
    ORDER BY l.key LIMIT 1000 FOR UPDATE SKIP LOCKED
))
