-- Deletes reservations of starts that came an hour ago and were not used.

DELETE FROM celeriac.start_reservation WHERE (key, id) IN (
    SELECT key, id FROM celeriac.start_reservation WHERE start <= celeriac.now() - interval '1 hour'
    ORDER BY key, id LIMIT 1000 FOR UPDATE SKIP LOCKED
)
