-- Leases a call.
-- Parameters  call, token, boot, expires, deliveries, consumer

INSERT INTO celeriac_leases VALUES (?, ?, ?, ?, ?, ?)
