-- BEAT: writes a worker's status line into the directory.
--
-- It drops expired lines, and lets both keys expire with the last line.
--
-- KEYS    as in `RedisKeys.workers`
-- ARGV    1 the time in microseconds, or "" for the server's   2 name   3 until when, in seconds   4 line
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  an error may leave expired lines dropped

local now = tonumber(ARGV[1])
local is_real = not now
if is_real then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
now = string.format('%.6f', now / 1000000)
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 1000)) do
  redis.call('HDEL', KEYS[1], name)
  redis.call('ZREM', KEYS[2], name)
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
if is_real then
  local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
  for i = 1, 2 do redis.call('EXPIREAT', KEYS[i], string.format('%.0f', last + 1)) end
end
