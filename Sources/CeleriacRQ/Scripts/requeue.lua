-- REQUEUE: puts failed jobs back into their queues.
--
-- It works like RQ's `requeue` (RQ 3.0.0, `registry.py`): `retries_left` stays as it is.
--
-- KEYS    none
-- ARGV    after the heading: 1 for the front; for each job of the failed registry: queue, id, `celeriac` field or ""
-- Result  the positions (from 1) of the jobs that were listed
-- Atomic  one step for each job
-- Errors  an error leaves the jobs before it requeued; the current job may no longer be listed

-- @include prelude rateLimiting entering

local requeued, at_front = {}, ARGV[first] == '1'
for i = first + 1, #ARGV, 3 do
  local queue, id, own = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local job = job_stem .. id
  if redis.call('ZREM', failed_stem .. queue, id) == 1 and redis.call('HEXISTS', job, 'data') == 1 then
    redis.call('PERSIST', job)
    redis.call('HDEL', job, 'celeriac_record', 'celeriac_deliveries', 'celeriac_reason', 'celeriac_retries')
    redis.call('HSET', job, 'started_at', '', 'ended_at', '')
    if own ~= '' then redis.call('HSET', job, 'celeriac', own) end
    -- If the job has to wait for a place, it goes to this end of the queue afterwards.
    if redis.call('HEXISTS', job, 'rate_limit_key') == 1 then
      redis.call('HSET', job, 'enqueue_at_front', at_front and 1 or 0)
    end
    enter_known(queue, id, at_front)
    tell(id)
    requeued[#requeued + 1] = (i - first - 1) / 3 + 1
  end
end
return requeued
