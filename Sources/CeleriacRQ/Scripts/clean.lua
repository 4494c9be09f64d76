-- CLEAN: RQ's maintenance of one queue, under RQ's own lock (RQ 3.0.0, `registry.py`, `clean_registries`;
-- `maintenance.py`).
--
-- It deletes expired jobs from the registries, moves ready jobs, lets in jobs that wait for a place, deletes dead
-- workers, and gives back ids that a dead worker has left in the intermediate list. RQ makes those fail, although none
-- of them has run.
--
-- KEYS    none
-- ARGV    after the heading: how many microseconds an id may stay in the intermediate list; a queue
-- Result  -1 if a peer holds the lock, otherwise how many ids came back
-- Atomic  one step; repeating it is harmless
-- Errors  WRONGTYPE for a registry or a list that holds another kind of value: nothing was written. A later error
--         leaves the lock, which expires after a quarter of an hour.

-- @include prelude rateLimiting entering dependents

local patience, queue = tonumber(ARGV[first]), ARGV[first + 1]
local lock = prefix .. ':clean_registries:' .. queue
for _, stem in ipairs({ finished_stem, failed_stem, prefix .. ':ready:', wip_stem }) do
  local key = stem .. queue
  if not is_kind('zset', key) then return redis.error_reply(misfit_words(key, 'registry')) end
end
for _, key in ipairs({ queue_stem .. queue, queue_stem .. queue .. ':intermediate' }) do
  if not is_kind('list', key) then return redis.error_reply(misfit_words(key, 'list of jobs')) end
end
if not redis.call('SET', lock, 1, 'NX', 'EX', 899) then return -1 end

redis.call('ZREMRANGEBYSCORE', finished_stem .. queue, 0, whole_seconds(now))
redis.call('ZREMRANGEBYSCORE', failed_stem .. queue, 0, whole_seconds(now))

local ready = prefix .. ':ready:' .. queue
for _, id in ipairs(redis.call('ZRANGE', ready, 0, 999)) do
  redis.call('ZREM', ready, id)
  if redis.call('HGET', job_stem .. id, 'status') == 'ready_to_enqueue' then enter_known(queue, id) end
end

-- Whether a job still holds its place: it waits in its queue or runs.
local function holds_place(id)
  local status = redis.call('HGET', job_stem .. id, 'status')
  return status == 'queued' or status == 'started'
    or redis.call('ZCOUNT', executions_stem .. id, '(' .. seconds(instant), '+inf') > 0
end

for _, limit in ipairs(redis.call('SMEMBERS', prefix .. ':rl-keys')) do
  local allowed, waiting = limit_stem .. limit .. ':allowed', limit_stem .. limit .. ':rate_limited'
  for _, id in ipairs(redis.call('ZRANGE', allowed, 0, -1)) do
    if not holds_place(id) then redis.call('ZREM', allowed, id) end
  end
  fill(limit)
  if redis.call('EXISTS', allowed, waiting) == 0 then
    redis.call('SREM', prefix .. ':rl-keys', limit)
    redis.call('DEL', limit_stem .. limit)
  end
end

for _, key in ipairs(redis.call('SMEMBERS', prefix .. ':workers:' .. queue)) do
  if redis.call('EXISTS', key) == 0 then
    redis.call('SREM', prefix .. ':workers:' .. queue, key)
    redis.call('SREM', prefix .. ':workers', key)
  end
end

local is_held = {}
for _, member in ipairs(redis.call('ZRANGE', wip_stem .. queue, 0, -1)) do
  is_held[parted(member) or ''] = true
end
local intermediate, back = queue_stem .. queue .. ':intermediate', 0
for _, id in ipairs(redis.call('LRANGE', intermediate, 0, 999)) do
  local first_seen = intermediate .. ':first_seen:' .. id
  if redis.call('HEXISTS', job_stem .. id, 'data') == 0 then
    redis.call('LREM', intermediate, 1, id)
  elseif not is_held[id] and not redis.call('SET', first_seen, seconds(now), 'NX', 'EX', 86400)
    and now - number(redis.call('GET', first_seen)) * 1000000 > patience
  then
    redis.call('LREM', intermediate, 1, id)
    redis.call('DEL', first_seen)
    if redis.call('HGET', job_stem .. id, 'status') == 'queued' and enter_known(queue, id, true) then
      back = back + 1
    end
  end
end
redis.call('DEL', lock)
return back
