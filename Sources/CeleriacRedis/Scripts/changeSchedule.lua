-- CHANGE SCHEDULE: writes and removes entries, if the schedule is still as it was read.
--
-- KEYS    as in `RedisKeys.schedule`
-- ARGV    1 the generation as it was   2 as it is to be; then for each entry its name, its state line as it was or "",
--         as it is to be or "" to remove it, and the entry
-- Result  1 if it was done, 0 if the generation or a line is another one
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
