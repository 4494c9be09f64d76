-- Deletes reservations of starts that came an hour ago and were not used.

DELETE FROM celeriac.start_reservation WHERE ctid = ANY (ARRAY(
    SELECT r.ctid FROM celeriac.start_reservation r WHERE r.start <= celeriac.now() - interval '1 hour'
    ORDER BY r.key, r.id LIMIT 1000 FOR UPDATE SKIP LOCKED
))
