-- SCHEDULE: acts as the scheduler of queues: takes or keeps their locks, and moves due jobs.
--
-- It writes the scheduler's hash, which lasts for 61 seconds.
--
-- KEYS    none
-- ARGV    after the heading: how many words of fields of the scheduler's hash, the words; queues
-- Result  how many jobs came into their queues; in how many microseconds the next one is due, or -1
-- Atomic  one step; repeating it is harmless
-- Errors  an error within one job is caught, and that job fails as damaged

-- @include prelude rateLimiting entering scheduling

local moved, pause, serves = 0, -1, false
local fields = tonumber(ARGV[first])
for i = first + 1 + fields, #ARGV do
  local queue = ARGV[i]
  local is_usable = redis.call('TYPE', scheduled_stem .. queue).ok == 'zset' and is_kind('list', queue_stem .. queue)
  if is_usable and may_schedule(queue) then
    serves = true
    moved = moved + promote(queue, 1000)
    local left = until_due(queue)
    if left and (pause < 0 or left < pause) then pause = left end
  end
end
if serves then
  local key = prefix .. ':scheduler:' .. scheduler
  redis.call('HSET', key, unpack(ARGV, first + 1, first + fields))
  redis.call('EXPIRE', key, 61)
end
return { moved, math.ceil(pause) }
