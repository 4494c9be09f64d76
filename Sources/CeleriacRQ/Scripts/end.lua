-- END: ends executions of jobs.
--
-- The words of each end:
--
-- 1. the number of words that follow, so that an end whose lease was lost can be skipped
-- 2. queue, job, execution, worker: the fence is that this execution is still listed in `rq:wip`
-- 3. kind: `end` (for good), `delete` (for good, and nothing is kept), `again` (the job goes back)
-- 4. with `end`: stem of the registry that lists it or ""; how many seconds the job is kept, -1 for forever; whether
--    its dependents may start: `finished`, `failed` or ""
-- 5. `s` or `f` if the worker counts it as a success or a failure, or ""; how many seconds it has worked
-- 6. with `again`, or for a job that repeats: `f` (front of the queue), `b` (back), or when it is due, in seconds; else
--    ""
-- 7. what happens to the count of deliveries: `k` (kept), `u` (this one is not counted), `r` (starts again)
-- 8. fields: how many words, and the words; entry of the results: the same; continuation: how many jobs, and their
--    words, see Fragments/enqueueing.lua
--
-- A worker that holds nothing afterwards is idle at once. Source: RQ 3.0.0, `job.py`, `worker/base.py`, `registry.py`.
--
-- KEYS    none
-- ARGV    after the heading: how many; the words of each
-- Result  two arrays: the positions (from 1) of the lost ones; position, unwritten part (`continuation`, or `place` if
--         it cannot be put back) and reason, for each that is held as before
-- Atomic  each end is written completely or not at all: not if its lease was lost, nor if a queue that must receive
--         something holds another kind of value
-- Errors  an error within one job is caught: that job fails as damaged, and what it wrote before stays

-- @include prelude rateLimiting entering dependents enqueueing

local at = first + 1
local lost = {}
-- For each worker how many jobs succeeded and failed, and how long it worked on them.
local workers = {}

local function words()
  local count = tonumber(ARGV[at])
  at = at + 1 + count
  return at - count, at - 1
end

local function count_work(worker, counter, spent)
  if counter == '' then return end
  local work = workers[worker]
  work[counter] = work[counter] + 1
  work.spent = work.spent + tonumber(spent)
end

local function expire_all(id, ttl, is_dependent)
  if tonumber(ttl) < 0 then return end
  redis.call('EXPIRE', job_stem .. id, ttl)
  redis.call('EXPIRE', results_stem .. id, ttl)
  redis.call('EXPIRE', job_stem .. id .. ':dependents', ttl)
  if is_dependent then redis.call('EXPIRE', dependencies_stem .. id .. ':dependencies', ttl) end
end

local function list_in(registry, queue, id, ttl)
  if registry == '' then return end
  local score = tonumber(ttl) < 0 and '+inf' or string.format('%.0f', math.floor(now / 1000000) + ttl)
  if registry == 'canceled' then score = whole_seconds(now) end
  redis.call('ZADD', prefix .. ':' .. registry .. ':' .. queue, score, id)
end

local function forget_job(id)
  redis.call('DEL', job_stem .. id, job_stem .. id .. ':dependents',
    dependencies_stem .. id .. ':dependencies', results_stem .. id, executions_stem .. id)
end

-- Releases what only a job that has not ended needs: its count of deliveries, its unique key, its place. Returns a true
-- value if it waited for other jobs.
local function release_all(id)
  local job = job_stem .. id
  local held = redis.call('HMGET', job, 'celeriac_unique', 'rate_limit_key', 'dependency_id', 'dependency_ids')
  redis.call('HDEL', job, 'celeriac_record', 'celeriac_deliveries', 'celeriac_unique')
  free_unique(id, held[1])
  if held[2] then leave_limit(held[2], id) end
  return held[3] or held[4]
end

local function go_back(queue, id, place, deliveries)
  local job = job_stem .. id
  if deliveries == 'r' then
    redis.call('HDEL', job, 'celeriac_deliveries')
  elseif deliveries == 'u' then
    redis.call('HINCRBY', job, 'celeriac_deliveries', -1)
  end
  if place == 'f' or place == 'b' then
    push_again(queue, id, place == 'f')
  else
    redis.call('SADD', queues, queue_stem .. queue)
    redis.call('HSET', job, 'status', 'scheduled')
    redis.call('ZADD', scheduled_stem .. queue, place, id)
    -- A job that waits for its time gives up its place; once due it asks for a place again.
    local limit = redis.call('HGET', job, 'rate_limit_key')
    if limit then leave_limit(limit, id) end
  end
end

local function end_one(queue, id, worker, kind)
  local registry, ttl, outcome, counter, spent, place, deliveries = unpack(ARGV, at, at + 6)
  local job = job_stem .. id
  at = at + 7
  local is_over, is_dependent = place == '', false
  if is_over then is_dependent = release_all(id) else redis.call('HDEL', job, 'celeriac_record') end
  local from, to = words()
  if to >= from then redis.call('HSET', job, unpack(ARGV, from, to)) end
  from, to = words()
  if to >= from then redis.call('XADD', results_stem .. id, 'MAXLEN', '~', 10, '*', unpack(ARGV, from, to)) end
  count_work(worker, counter, spent)
  if kind == 'end' then
    list_in(registry, queue, id, ttl)
    release_dependents(id, outcome)
  elseif kind == 'delete' then
    release_dependents(id, outcome)
  end
  if not is_over then
    if kind == 'end' and tonumber(ttl) >= 0 then redis.call('EXPIRE', results_stem .. id, ttl) end
    go_back(queue, id, place, deliveries)
  elseif kind == 'delete' then
    forget_job(id)
  else
    expire_all(id, ttl, is_dependent)
  end
  enqueue(at + 1, tonumber(ARGV[at]))
  tell(id)
end

-- Adds the work of a worker that is still known, and notes that it is idle if it holds nothing.
local function note_work(worker, work)
  local key = worker_stem .. worker
  if redis.call('EXISTS', key) == 0 then return end
  if work.s > 0 then redis.call('HINCRBY', key, 'successful_job_count', work.s) end
  if work.f > 0 then redis.call('HINCRBY', key, 'failed_job_count', work.f) end
  if work.s + work.f > 0 then
    redis.call('HINCRBYFLOAT', key, 'total_working_time', string.format('%.6f', work.spent))
  end
  if redis.call('SCARD', key .. ':executions') == 0 then redis.call('HSET', key, 'state', 'idle') end
end

-- Returns why the end whose words after its kind begin at `from` cannot be written; nil if it can.
local function obstacle(queue, from)
  local place = ARGV[from + 5]
  if place ~= '' then
    local kind, key = 'zset', scheduled_stem .. queue
    if place == 'f' or place == 'b' then kind, key = 'list', queue_stem .. queue end
    if not is_kind(kind, key) then return 'place', misfit_words(key, kind) end
  end
  local entry = from + 8 + tonumber(ARGV[from + 7])
  local jobs = entry + 1 + tonumber(ARGV[entry])
  local problem = hindrance(jobs + 1, tonumber(ARGV[jobs]))
  if problem then return 'continuation', problem end
  return nil
end

local unwritten = {}
for position = 1, tonumber(ARGV[first]) do
  local after = at + 1 + tonumber(ARGV[at])
  local queue, id, execution, worker, kind = unpack(ARGV, at + 1, at + 5)
  local lease_end = redis.pcall('ZSCORE', wip_stem .. queue, id .. ':' .. execution)
  if type(lease_end) == 'string' then
    local what, why = obstacle(queue, at + 6)
    if what then
      for _, word in ipairs({ position, what, why }) do unwritten[#unwritten + 1] = word end
    else
      at = at + 6
      workers[worker] = workers[worker] or { s = 0, f = 0, spent = 0 }
      local is_done, problem = pcall(function()
        forget_execution(queue, id, execution, worker)
        end_one(queue, id, worker, kind)
      end)
      if not is_done then give_up(queue, id, problem) end
    end
  else
    lost[#lost + 1] = position
  end
  at = after
end
for worker, work in pairs(workers) do pcall(note_work, worker, work) end
return { lost, unwritten }
