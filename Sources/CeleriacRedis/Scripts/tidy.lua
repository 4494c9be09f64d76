-- TIDY: deletes what Python's acks and restores have left behind, and expired revocations; a little in each call.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the age in seconds at which a count of deliveries is deleted; two cursors, 0 at first
-- Result  the next cursors
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves some of it to the next call

-- @include prelude

redis.call('ZREMRANGEBYSCORE', revoked, '-inf', string.format('%.6f', now / 1000000))
local counts = redis.call('HSCAN', deliveries, ARGV[first + 1], 'COUNT', 500)
local oldest = now / 1000000 - tonumber(ARGV[first])
for i = 1, #counts[2], 2 do
  local at = tonumber(string.match(counts[2][i + 1], ' (%d+)$') or 0)
  if at < oldest then redis.call('HDEL', deliveries, counts[2][i]) end
end
local renewals = redis.call('HSCAN', renewed, ARGV[first + 2], 'COUNT', 500)
for i = 1, #renewals[2], 2 do
  if not redis.call('ZSCORE', index, renewals[2][i]) then redis.call('HDEL', renewed, renewals[2][i]) end
end
return { counts[1], renewals[1] }
