-- How jobs get a place under a rate limit. Source: RQ 3.0.0, `rate_limit.py`.
--
-- Needs   prelude

local function push(queue, id, at_front)
  redis.call('SADD', queues, queue_stem .. queue)
  redis.call(at_front and 'LPUSH' or 'RPUSH', queue_stem .. queue, id)
end

-- Puts a job back into its queue, whatever its rate limit. It may wait there as long as a new job.
local function push_again(queue, id, at_front)
  local job = job_stem .. id
  redis.call('HSET', job, 'status', 'queued', 'enqueued_at', date(now))
  push(queue, id, at_front)
  local ttl = number(redis.call('HGET', job, 'ttl'))
  if ttl > 0 then redis.call('EXPIRE', job, math.ceil(ttl)) end
end

-- Lets in as many waiting jobs as there are free places.
local function fill(limit)
  local concurrency = number(redis.call('HGET', limit_stem .. limit, 'concurrency'))
  local allowed, waiting = limit_stem .. limit .. ':allowed', limit_stem .. limit .. ':rate_limited'
  while redis.call('ZCARD', allowed) < concurrency do
    local id = redis.call('ZPOPMIN', waiting)[1]
    if not id then return end
    local job = redis.call('HMGET', job_stem .. id, 'origin', 'status', 'enqueue_at_front')
    if job[1] and job[2] == 'rate_limited' then
      redis.call('ZADD', allowed, whole_seconds(now), id)
      redis.call('HSET', job_stem .. id, 'status', 'queued', 'enqueued_at', date(now))
      push(job[1], id, job[3] == '1')
    end
  end
end

-- Gives a job's place to the next one.
local function leave_limit(limit, id)
  redis.call('ZREM', limit_stem .. limit .. ':allowed', id)
  redis.call('ZREM', limit_stem .. limit .. ':rate_limited', id)
  fill(limit)
end
