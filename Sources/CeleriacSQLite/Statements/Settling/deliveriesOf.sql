-- How often a leased call was delivered.
-- Parameters  call, token
-- Result      deliveries

SELECT deliveries FROM celeriac_leases WHERE call = ? AND token = ?
