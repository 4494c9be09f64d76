-- When the next lease lapses.
-- Result      microseconds since the boot of that lease, or NULL

SELECT min(expires) FROM celeriac_leases
