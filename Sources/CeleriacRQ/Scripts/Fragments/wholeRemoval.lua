-- How a job is deleted wherever it is. Source: RQ 3.0.0, `job.py` (`delete`).
--
-- Needs   prelude, rateLimiting, removal

-- Deletes the executions of a running job: its worker has lost it, and writes nothing for it from then on.
local function leave_worker(id, queue)
  for _, execution in ipairs(redis.call('ZRANGE', executions_stem .. id, 0, -1)) do
    local worker = redis.call('HGET', execution_stem .. id .. ':' .. execution, 'worker_name') or ''
    forget_execution(queue, id, execution, worker)
  end
end

-- Returns whether there was such a job. RQ leaves dependents of dependents behind, which then wait forever.
local function delete_whole(id, with_dependents)
  local known = redis.call('HMGET', job_stem .. id, 'data', 'origin')
  if not known[1] then return 0 end
  local queue = known[2] or ''
  local dependents = with_dependents and redis.call('SMEMBERS', job_stem .. id .. ':dependents') or {}
  take_out(id, queue)
  for _, stem in ipairs({ finished_stem, failed_stem, canceled_stem }) do redis.call('ZREM', stem .. queue, id) end
  leave_worker(id, queue)
  delete_job(id)
  for _, child in ipairs(dependents) do delete_whole(child, true) end
  return 1
end
