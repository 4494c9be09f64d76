-- RESERVE: reserves a call's start under a shared rate limit.
--
-- A reservation is kept for an hour after its instant, for a call that comes late. Both keys expire when no reservation
-- is left.
--
-- KEYS    as in `RedisKeys.limit(_:)`
-- ARGV    1 the time in microseconds, or "" for the server's   2 id   3 the interval in microseconds
-- Result  nothing if the call may start now, otherwise the time when it may, in microseconds
-- Atomic  one step; a repeated call keeps its first reservation
-- Errors  WRONGTYPE if a key holds another kind of value. At worst an instant is reserved that no call uses.

local free, reserved, id = KEYS[1], KEYS[2], ARGV[2]
local now = tonumber(ARGV[1])
local is_real = not now
if is_real then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local patience = 3600 * 1000000
local function whole(number) return string.format('%.0f', number) end

-- Each reserved instant ahead belongs to a call. If the first free instant is further ahead, a clock ran ahead and has
-- been corrected since: the limit starts again.
local most = now + (redis.call('ZCARD', reserved) + 2) * tonumber(ARGV[3])
if tonumber(redis.call('GET', free) or 0) > most then redis.call('DEL', free, reserved) end

local given = redis.call('ZSCORE', reserved, id)
if given then
  if tonumber(given) > now then return whole(tonumber(given)) end
  redis.call('ZREM', reserved, id)
  if tonumber(given) > now - patience then return nil end
end

local start = math.max(now, tonumber(redis.call('GET', free) or 0))
local next = start + tonumber(ARGV[3])
redis.call('SET', free, whole(next))
if start > now then
  redis.call('ZREMRANGEBYSCORE', reserved, '-inf', whole(now - patience))
  redis.call('ZADD', reserved, whole(start), id)
end
if is_real then
  redis.call('PEXPIREAT', free, whole(next / 1000 + 1000))
  if start > now then redis.call('PEXPIREAT', reserved, whole((start + patience) / 1000)) end
end
if start > now then return whole(start) end
return nil
