-- Extends leases.
-- Parameters  calls, tokens, microseconds from now
-- Result      call of each lease that stands

UPDATE celeriac.lease l SET expires = celeriac.uptime() + $3::int8 * interval '1 microsecond'
FROM unnest($1::int8[], $2::int8[]) AS i(call, token) WHERE l.call = ANY (ARRAY[i.call]) AND l.token = i.token
RETURNING l.call
