-- REMOVE ENTRY: removes an entry of the schedule, even one that no program can read.
--
-- KEYS    as in `RedisKeys.schedule`
-- ARGV    1 name
-- Result  1 if there was one, else 0
-- Atomic  one step; repeating it is harmless
-- Errors  an error may leave the entry without its state; the caller repeats it

redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('INCR', KEYS[3])
return 1
