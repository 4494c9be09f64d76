-- How a job whose hash is written gets into its queue.
--
-- Needs   prelude, rateLimiting

-- Puts a job into its queue, or among the jobs that wait for a place if its rate limit has no place free. `limit` and
-- `concurrency` are as in the hash, or false.
local function enter(queue, id, at_front, limit, concurrency)
  local job = job_stem .. id
  if limit and not redis.call('ZSCORE', limit_stem .. limit .. ':allowed', id) then
    redis.call('SADD', prefix .. ':rl-keys', limit)
    if concurrency then redis.call('HSET', limit_stem .. limit, 'concurrency', concurrency) end
    redis.call('SADD', queues, queue_stem .. queue)
    redis.call('HSET', job, 'status', 'rate_limited')
    redis.call('ZADD', limit_stem .. limit .. ':rate_limited', whole_seconds(now), id)
    fill(limit)
  else
    redis.call('HSET', job, 'status', 'queued', 'enqueued_at', date(now))
    push(queue, id, at_front)
  end
end

-- Does the same for a job that was in Redis already. Its hash holds what is needed, including the end of the queue if
-- `at_front` is nil (RQ's `should_enqueue_at_front`). Returns whether there is such a job.
local function enter_known(queue, id, at_front)
  local job = job_stem .. id
  if redis.call('HEXISTS', job, 'data') == 0 then return false end
  local known = redis.call('HMGET', job, 'ttl', 'rate_limit_key', 'rate_limit_concurrency', 'enqueue_at_front',
    'enqueue_at_front_on_retry', 'ended_at')
  if at_front == nil then
    at_front = known[4] == '1' or (known[5] == '1' and (known[6] or '') ~= '')
  end
  enter(queue, id, at_front, known[2], known[3])
  if number(known[1]) > 0 then redis.call('EXPIRE', job, math.ceil(number(known[1]))) end
  return true
end
