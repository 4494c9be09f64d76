-- `enqueue(at, count)`: enqueues jobs whose words begin at ARGV[at]; returns the position of the next words. `refused`
-- holds the refused jobs: position (from 1) and the id that is in their way.
--
-- The words of a job: id, queue; place: `b` (back of the queue), `f` (front), or when it is due, in seconds; what
-- happens if the id exists: `o` (it is overwritten, as in RQ), `u` (the new job is refused, as with `unique=True`), `t`
-- (refused unless the old job has ended); digest of a unique key or "", and `s` (held until start) or `d` (until done);
-- how many seconds it may wait or "", group or ""; rate limit and its concurrency, or "" twice; how many jobs it waits
-- for, their ids; how many words of fields, the fields.
--
-- Needs   prelude, rateLimiting, entering

local refused = {}
local has_ended = { finished = true, failed = true, stopped = true, canceled = true }

local function holder_of(digest)
  local value = redis.call('GET', own_stem .. 'unique:' .. digest)
  if not value then return nil end
  local id = string.sub(value, 3)
  local status = redis.call('HGET', job_stem .. id, 'status')
  if not status or has_ended[status] then return nil end
  if string.sub(value, 1, 1) == 's' and status == 'started' then return nil end
  return id
end

-- Returns the id that is in the way of a job, or nil.
local function blocking_id(id, policy, digest)
  if policy ~= 'o' then
    local job = redis.call('HMGET', job_stem .. id, 'data', 'status')
    if job[1] and (policy == 'u' or not has_ended[job[2] or '']) then return id end
  end
  if digest ~= '' then return holder_of(digest) end
end

-- Deletes the remains of an ended job with the same id, or a record without a job; its results stay.
local function clear(id)
  -- Nearly always the id is new.
  if redis.call('EXISTS', job_stem .. id) == 0 then return end
  local job = redis.call('HMGET', job_stem .. id, 'data', 'status', 'origin')
  if job[1] and not has_ended[job[2] or ''] then return end
  for _, stem in ipairs({ finished_stem, failed_stem, canceled_stem }) do
    redis.call('ZREM', stem .. (job[3] or ''), id)
  end
  redis.call('DEL', job_stem .. id)
end

-- Whether all jobs that a job waits for have finished, or failed if that suffices. A missing job counts as finished.
local function are_met(id, from, count)
  local allows_failure = redis.call('HGET', job_stem .. id, 'allow_dependency_failures') == '1'
  for i = from, from + count - 1 do
    local status = redis.call('HGET', job_stem .. ARGV[i], 'status')
    if status and status ~= 'finished' and not (status == 'failed' and allows_failure) then return false end
  end
  return true
end

local function defer(queue, id, ttl, from, count)
  redis.call('SADD', queues, queue_stem .. queue)
  redis.call('HDEL', job_stem .. id, 'enqueued_at')
  redis.call('HSET', job_stem .. id, 'status', 'deferred')
  redis.call('ZADD', deferred_stem .. queue, whole_seconds(now), id)
  if ttl ~= '' then redis.call('EXPIRE', job_stem .. id, ttl) end
  for i = from, from + count - 1 do
    redis.call('SADD', job_stem .. ARGV[i] .. ':dependents', id)
    redis.call('SADD', dependencies_stem .. id .. ':dependencies', ARGV[i])
  end
end

-- Returns why jobs cannot be put where ARGV says, see `enqueue`; nil if they can. Call it before anything is written.
local function hindrance(at, count)
  for _ = 1, count do
    local queue, place = ARGV[at + 1], ARGV[at + 2]
    local is_due_later = place ~= 'b' and place ~= 'f'
    local kind, key = 'list', queue_stem .. queue
    if is_due_later then kind, key = 'zset', scheduled_stem .. queue end
    if not is_kind(kind, key) then return misfit_words(key, is_due_later and 'registry' or 'list of jobs') end
    local fields = at + 12 + tonumber(ARGV[at + 10])
    at = fields + tonumber(ARGV[fields - 1])
  end
  return nil
end

local function enqueue(at, count)
  for position = 1, count do
    local id, queue, place, policy, digest, span, ttl, group, limit, concurrency =
      unpack(ARGV, at, at + 9)
    local parents = tonumber(ARGV[at + 10])
    local fields = at + 12 + parents
    local next_job = fields + tonumber(ARGV[fields - 1])
    local blocker = blocking_id(id, policy, digest)
    if blocker then
      refused[#refused + 1] = position
      refused[#refused + 1] = blocker
    else
      if policy == 't' then clear(id) end
      local job = job_stem .. id
      redis.call('HSET', job, unpack(ARGV, fields, next_job - 1))
      if digest ~= '' then redis.call('SET', own_stem .. 'unique:' .. digest, span .. ':' .. id) end
      if group ~= '' then
        redis.call('SADD', prefix .. ':groups', group)
        redis.call('SADD', prefix .. ':group:' .. group, id)
      end
      if parents > 0 and not are_met(id, at + 11, parents) then
        defer(queue, id, ttl, at + 11, parents)
      elseif place ~= 'b' and place ~= 'f' then
        redis.call('SADD', queues, queue_stem .. queue)
        redis.call('HSET', job, 'status', 'scheduled')
        redis.call('ZADD', scheduled_stem .. queue, place, id)
      elseif limit ~= '' then
        enter(queue, id, place == 'f', limit, concurrency ~= '' and concurrency)
      else
        push(queue, id, place == 'f')
        if ttl ~= '' then redis.call('EXPIRE', job, ttl) end
      end
      tell(id)
    end
    at = next_job
  end
  return at
end
