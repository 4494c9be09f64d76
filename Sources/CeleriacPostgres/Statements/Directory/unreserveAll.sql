-- Deletes all reservations under a limit.
-- Parameters  key

DELETE FROM celeriac.start_reservation WHERE key = $1::text
