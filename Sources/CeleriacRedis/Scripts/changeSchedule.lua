-- CHANGE SCHEDULE: writes and removes entries if the schedule has not changed since it was read.
--
-- KEYS    as in `RedisKeys.schedule`
-- ARGV    1 the generation that was read   2 the new generation; then for each entry its name, the state line that was
--         read or "", the new state line or "" to remove the entry, and the entry
-- Result  1 if it was done, 0 if the generation or a line has changed
-- Atomic  all of it or nothing
-- Errors  WRONGTYPE if a key holds another kind of value: nothing was written

if (redis.call('GET', KEYS[3]) or '0') ~= ARGV[1] then return 0 end
for at = 3, #ARGV, 4 do
  if (redis.call('HGET', KEYS[2], ARGV[at]) or '') ~= ARGV[at + 1] then return 0 end
end
for at = 3, #ARGV, 4 do
  local name, line, entry = ARGV[at], ARGV[at + 2], ARGV[at + 3]
  if line == '' then
    redis.call('HDEL', KEYS[1], name)
    redis.call('HDEL', KEYS[2], name)
  else
    redis.call('HSET', KEYS[1], name, entry)
    redis.call('HSET', KEYS[2], name, line)
  end
end
redis.call('SET', KEYS[3], ARGV[2])
return 1
