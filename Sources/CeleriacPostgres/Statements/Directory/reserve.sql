-- Reserves an instant for a call.
-- Parameters  key, id, start

INSERT INTO celeriac.start_reservation VALUES ($1::text, $2::text, $3::timestamptz)
