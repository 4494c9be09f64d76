-- How due scheduled jobs get into their queues, under RQ's own lock: its holder is the queue's only scheduler, whether
-- ours or Python's. Source: RQ 3.0.0, `scheduler.py`.
--
-- Needs   prelude, rateLimiting, entering

-- Whether we hold the lock of a queue; takes it if it is free. Like RQ's it lasts for 61 seconds.
local function may_schedule(queue)
  if scheduler == '' then return false end
  local lock = prefix .. ':scheduler-lock:' .. queue
  local holder = redis.call('GET', lock)
  if holder and holder ~= scheduler then return false end
  redis.call('SET', lock, scheduler, 'EX', 61)
  return true
end

-- Moves due jobs, the earliest first; returns how many came into the queue.
local function promote(queue, most)
  local scheduled = scheduled_stem .. queue
  local due = read_set('ZRANGEBYSCORE', scheduled, '-inf', seconds(now), 'LIMIT', 0, most)
  if #due == 0 or not is_kind('list', queue_stem .. queue) or not may_schedule(queue) then return 0 end
  local moved = 0
  for _, id in ipairs(due) do
    redis.call('ZREM', scheduled, id)
    local is_done, result = pcall(enter_known, queue, id)
    if not is_done then give_up(queue, id, result) elseif result then moved = moved + 1 end
  end
  return moved
end

-- Returns how many microseconds are left until a queue's next scheduled job is due; nil if it has none.
local function until_due(queue)
  local score = read_set('ZRANGE', scheduled_stem .. queue, 0, 0, 'WITHSCORES')[2]
  return score and math.max(0, tonumber(score) * 1000000 - now)
end
