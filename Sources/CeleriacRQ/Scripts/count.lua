-- COUNT: counts the jobs of a queue.
--
-- KEYS    none
-- ARGV    after the heading: a queue
-- Result  an array: the time in microseconds; ready; delayed, including jobs that wait for other jobs or for a place
--         under a rate limit; leased; failed; dates at which ready jobs came into the queue, for the first and the last
--         hundred; when the first scheduled job was due, in seconds, or ""
-- Atomic  a snapshot of one instant
-- Errors  WRONGTYPE for a key that holds another kind of value; it writes nothing

-- @include prelude

local queue = ARGV[first]
local list, scheduled, wip = queue_stem .. queue, scheduled_stem .. queue, wip_stem .. queue
local due = redis.call('ZCOUNT', scheduled, '-inf', seconds(now))
local lapsed = redis.call('ZCOUNT', wip, '-inf', seconds(instant))
local waiting = redis.call('ZCARD', deferred_stem .. queue) + redis.call('ZCARD', prefix .. ':ready:' .. queue)
local dates, seen = {}, {}
for _, range in ipairs({ { 0, 99 }, { -100, -1 } }) do
  for _, id in ipairs(redis.call('LRANGE', list, range[1], range[2])) do
    if not seen[id] then
      seen[id] = true
      dates[#dates + 1] = redis.call('HGET', job_stem .. id, 'enqueued_at') or ''
    end
  end
end
local head = redis.call('ZRANGE', scheduled, 0, 0, 'WITHSCORES')[2]
return {
  string.format('%.0f', now), redis.call('LLEN', list) + due + lapsed,
  redis.call('ZCARD', scheduled) - due + waiting, redis.call('ZCARD', wip) - lapsed,
  redis.call('ZCARD', failed_stem .. queue), dates, due > 0 and head or '',
}
