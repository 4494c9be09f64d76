-- Ends a lease: the fence of every settlement.
-- Parameters  call, token

DELETE FROM celeriac_leases WHERE call = ? AND token = ?
