-- LEAVE: records the death of a worker as RQ does (`register_death`). Its line lasts for another minute.
--
-- KEYS    none
-- ARGV    after the heading: name
-- Result  1 if there was such a worker, else 0
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves a line that expires by itself

-- @include prelude

local key = worker_stem .. ARGV[first]
if redis.call('EXISTS', key) == 0 then return 0 end
redis.call('SREM', prefix .. ':workers', key)
for queue in string.gmatch(redis.call('HGET', key, 'queues') or '', '[^,]+') do
  redis.call('SREM', prefix .. ':workers:' .. queue, key)
end
redis.call('HSET', key, 'death', date(now))
redis.call('EXPIRE', key, 60)
redis.call('DEL', key .. ':executions')
return 1
