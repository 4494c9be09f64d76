-- Whether a call is leased.
-- Parameters  call
-- Result      1, if it is

SELECT 1 FROM celeriac_leases WHERE call = ?
