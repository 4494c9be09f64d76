-- Deletes the reservation of a call.
-- Parameters  key, id

DELETE FROM celeriac.start_reservation WHERE key = $1::text AND id = $2::text
