-- CANCEL: revokes jobs.
--
-- A waiting job is canceled as by `job.cancel()` (RQ 3.0.0, `job.py`); the worker of a running job gets RQ's command
-- stop-job. The revocation is also kept for a job that comes back or comes later. A later date overrides an earlier
-- one.
--
-- KEYS    none
-- ARGV    after the heading: 1 to stop running jobs, 2 if their worker knows already, 3 to release the jobs that wait
--         for the canceled ones, else 0; until when the revocations last, in seconds; jobs
-- Result  the jobs that waited and are canceled now
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves the jobs before it canceled without a notice; the caller repeats it

-- @include prelude rateLimiting entering dependents

local mode, until_when, canceled = ARGV[first], ARGV[first + 1], {}
local stops, tells = mode == '1' or mode == '2', mode == '1'
local revoked, stopped = own_stem .. 'revoked', own_stem .. 'revoked.terminate'
for _, key in ipairs({ revoked, stopped }) do redis.call('ZREMRANGEBYSCORE', key, '-inf', seconds(now)) end

local waits = { queued = true, scheduled = true, deferred = true, rate_limited = true, ready_to_enqueue = true,
  created = true }

local function cancel(id, queue, job)
  redis.call('LREM', queue_stem .. queue, 1, id)
  for _, stem in ipairs({ scheduled_stem, deferred_stem, prefix .. ':ready:' }) do
    redis.call('ZREM', stem .. queue, id)
  end
  free_unique(id, redis.call('HGET', job, 'celeriac_unique'))
  redis.call('HDEL', job, 'celeriac_unique', 'celeriac_record')
  redis.call('HSET', job, 'status', 'canceled')
  redis.call('ZADD', canceled_stem .. queue, whole_seconds(now), id)
  local limit = redis.call('HGET', job, 'rate_limit_key')
  if limit then leave_limit(limit, id) end
end

for i = first + 2, #ARGV do
  local id = ARGV[i]
  local job = job_stem .. id
  redis.call('ZADD', revoked, 'GT', until_when, id)
  if stops then redis.call('ZADD', stopped, 'GT', until_when, id) end
  local state = redis.call('HMGET', job, 'status', 'origin', 'worker_name')
  if waits[state[1] or ''] and state[2] then
    cancel(id, state[2], job)
    canceled[#canceled + 1] = id
    if mode == '3' then release_dependents(id, 'finished') end
  elseif state[1] == 'started' and tells and (state[3] or '') ~= '' then
    redis.call('PUBLISH', prefix .. ':pubsub:' .. state[3],
      '{"command": "stop-job", "job_id": ' .. cjson.encode(id) .. '}')
  end
  tell(id)
end
redis.call('PUBLISH', own_stem .. 'revoked', redis.call('INCR', own_stem .. 'revoked.generation'))
return canceled
