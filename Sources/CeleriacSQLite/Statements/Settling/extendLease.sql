-- Extends a lease.
-- Parameters  call, token, boot, expires

UPDATE celeriac_leases SET boot = ?3, expires = ?4 WHERE call = ?1 AND token = ?2
