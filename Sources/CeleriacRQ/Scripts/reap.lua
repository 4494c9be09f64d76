-- REAP: ends executions whose lease has lapsed.
--
-- With `fail`, a job that has retries left is retried at once, and any other fails, as in RQ (RQ 3.0.0, `registry.py`,
-- `StartedJobRegistry.cleanup`).
--
-- KEYS    none
-- ARGV    after the heading: `requeue` or `fail`; how many seconds a failed job stays listed; `exc_string` of an
--         abandoned job; queues
-- Result  how many came back, and how many failed
-- Atomic  one step for each job
-- Errors  an error within one job is caught, and that job fails as damaged

-- @include prelude rateLimiting entering dependents abandoning

local back, failed = 0, 0

local function fail(queue, id)
  local job, ttl = job_stem .. id, ARGV[first + 1]
  local left = number(redis.call('HGET', job, 'retries_left'))
  if left > 0 then
    -- A larger number would be written in a form that nobody can read.
    redis.call('HSET', job, 'retries_left', math.min(left, 1000000000) - 1)
    push_again(queue, id, redis.call('HGET', job, 'enqueue_at_front_on_retry') == '1')
    back = back + 1
    return
  end
  local own = redis.call('HMGET', job, 'failure_ttl', 'celeriac_unique', 'rate_limit_key')
  ttl = tonumber(own[1] or '') or ttl
  redis.call('HSET', job, 'status', 'failed')
  redis.call('XADD', results_stem .. id, 'MAXLEN', '~', 10, '*', 'type', 2, 'worker_name', '', 'exc_string',
    ARGV[first + 2])
  if tonumber(ttl) >= 0 then
    for _, key in ipairs({ job, job .. ':dependents', dependencies_stem .. id .. ':dependencies',
      results_stem .. id }) do
      redis.call('EXPIRE', key, ttl)
    end
  end
  redis.call('ZADD', failed_stem .. queue,
    tonumber(ttl) < 0 and '+inf' or string.format('%.0f', math.floor(now / 1000000) + ttl), id)
  free_unique(id, own[2])
  release_dependents(id, 'failed')
  if own[3] then leave_limit(own[3], id) end
  tell(id)
  failed = failed + 1
end

for i = first + 3, #ARGV do
  local queue = ARGV[i]
  if ARGV[first] == 'requeue' then
    back = back + requeue_lapsed(queue, 1000)
  else
    each_lapsed(queue, 1000, function(id) fail(queue, id) end)
  end
end
return { back, failed }
