-- How jobs come back whose executions are over without an end: their worker is dead or has lost its connection.
--
-- Needs   prelude, rateLimiting

-- Calls `body` for each job of a queue whose lease has lapsed, the one claimed last first. Does nothing while a peer
-- does RQ's maintenance, which takes several steps: both would decide about the same job.
local function each_lapsed(queue, most, body)
  if redis.call('EXISTS', prefix .. ':clean_registries:' .. queue) == 1 then return 0 end
  if not is_kind('list', queue_stem .. queue) then return 0 end
  local lapsed = read_set('ZRANGEBYSCORE', wip_stem .. queue, '-inf', seconds(instant), 'LIMIT', 0, most)
  local count = 0
  for i = #lapsed, 1, -1 do
    local id, execution = parted(lapsed[i])
    redis.call('ZREM', wip_stem .. queue, lapsed[i])
    local is_done, problem = pcall(function()
      if not id then return end
      local worker = redis.call('HGET', execution_stem .. id .. ':' .. execution, 'worker_name') or ''
      forget_execution(queue, id, execution, worker)
      local job = redis.call('HMGET', job_stem .. id, 'status', 'data')
      if job[1] == 'started' and job[2] then
        count = count + 1
        body(id)
      end
    end)
    if not is_done then give_up(queue, id, problem) end
  end
  return count
end

-- Requeues jobs whose leases have lapsed. The delivery stays counted; a delivery by Python, which does not count,
-- becomes the first.
local function requeue_lapsed(queue, most)
  return each_lapsed(queue, most, function(id)
    local job = job_stem .. id
    redis.call('HSETNX', job, 'celeriac_deliveries', 1)
    redis.call('HDEL', job, 'celeriac_record')
    push_again(queue, id, true)
    tell(id)
  end)
end
