-- How jobs that waited for an ended job get into their queues. Source: RQ 3.0.0, `job.py`, `registry.py`.
--
-- RQ lists them in `rq:ready` first and moves them in a second transaction; here it is one step.
--
-- Needs   prelude, rateLimiting, entering

-- Whether all other jobs that a job waits for, apart from `parent`, have ended well enough.
local function others_are_met(child, parent, allows_failure)
  for _, id in ipairs(redis.call('SMEMBERS', dependencies_stem .. child .. ':dependencies')) do
    local status = id ~= parent and redis.call('HGET', job_stem .. id, 'status')
    if status and status ~= 'finished' and not (status == 'failed' and allows_failure) then return false end
  end
  return true
end

-- `outcome`: 'finished' or 'failed'. After any other end the dependents never start.
local function release_dependents(parent, outcome)
  if outcome ~= 'finished' and outcome ~= 'failed' then return end
  local dependents = job_stem .. parent .. ':dependents'
  for _, child in ipairs(redis.call('SMEMBERS', dependents)) do
    local job = redis.call('HMGET', job_stem .. child, 'status', 'origin', 'allow_dependency_failures')
    local allows_failure = job[3] == '1'
    if job[1] == 'deferred' and job[2] and (outcome == 'finished' or allows_failure)
      and others_are_met(child, parent, allows_failure)
    then
      -- A damaged dependent must not prevent the end of its parent.
      local is_done, problem = pcall(function()
        redis.call('ZREM', deferred_stem .. job[2], child)
        redis.call('SREM', dependents, child)
        enter_known(job[2], child)
        tell(child)
      end)
      if not is_done then give_up(job[2], child, problem) end
    end
  end
end
