-- DELETE QUEUE: deletes a queue. Source: RQ 3.0.0, `queue.py` (`delete`).
--
-- KEYS    none
-- ARGV    after the heading: a queue; 1 to delete the jobs in it, too
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves the queue, with the jobs before it deleted

-- @include prelude rateLimiting entering dependents removal wholeRemoval

local list = queue_stem .. ARGV[first]
if ARGV[first + 1] == '1' then
  for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do delete_whole(id, false) end
end
redis.call('DEL', list)
redis.call('SREM', queues, list)
