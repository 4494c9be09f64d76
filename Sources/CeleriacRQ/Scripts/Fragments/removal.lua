-- How a job is deleted, like RQ's `job.delete()`.
--
-- Needs   prelude, rateLimiting

local function delete_job(id)
  local job = job_stem .. id
  local held = redis.call('HMGET', job, 'celeriac_unique', 'rate_limit_key', 'group_id')
  free_unique(id, held[1])
  redis.call('DEL', job, job .. ':dependents', dependencies_stem .. id .. ':dependencies', results_stem .. id,
    executions_stem .. id)
  if held[2] then leave_limit(held[2], id) end
  if held[3] and held[3] ~= '' then redis.call('SREM', prefix .. ':group:' .. held[3], id) end
  tell(id)
end

-- Removes a waiting job from the place where it waits. Returns whether it did.
local function take_out(id, queue)
  return redis.call('LREM', queue_stem .. queue, 1, id) + redis.call('ZREM', scheduled_stem .. queue, id)
    + redis.call('ZREM', deferred_stem .. queue, id) + redis.call('ZREM', prefix .. ':ready:' .. queue, id) > 0
end
