-- What calls have reserved under a limit.
-- Parameters  key, id
-- Result      the instant of this call, or NULL; how many calls have one

SELECT (SELECT r.start FROM celeriac.start_reservation r WHERE r.key = $1::text AND r.id = $2::text),
    (SELECT count(*) FROM celeriac.start_reservation r WHERE r.key = $1::text)
