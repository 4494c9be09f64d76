-- CLAIM: takes jobs from queues and records them as RQ records a running job.
--
-- Due and lapsed jobs come back first. An id without a job is dropped, as in RQ, and so is a canceled job. A job that
-- is too large, or was claimed too often without being settled, fails without being read. A queue with a key that holds
-- another kind of value is skipped, and so is a paused queue.
--
-- KEYS    none
-- ARGV    after the heading: name of the worker; length of the lease in microseconds; the most jobs to claim; 1 to
--         requeue jobs whose lease has lapsed; 24 digits that no other claim has; queues, in the order in which they
--         are tried
-- Result  an array: the time in microseconds; in how many microseconds it is worth asking again, or -1; 1 if workers
--         are suspended, and then nothing was done; alternating keys that are in the way and the kinds that they hold;
--         the positions (from 1) of paused queues; then for each job the position of its queue (from 1), id, execution,
--         1 if it was revoked, and the hash. Fewer jobs than asked for once their hashes reach 16 MiB.
-- Atomic  a job leaves its list and is recorded in one step: it is never in neither place
-- Errors  an error within one job is caught, and that job fails as damaged

-- @include prelude rateLimiting entering scheduling abandoning

local worker, lease, most = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
local requeues, nonce = ARGV[first + 3] == '1', ARGV[first + 4]
local paused, answer = {}, { string.format('%.0f', now), -1, 0, misfits }
answer[5] = paused
if redis.call('EXISTS', prefix .. ':suspended') == 1 then
  answer[3] = 1
  return answer
end

local created, expires = seconds(now), seconds(instant + lease)
local ttl = math.ceil(lease / 1000000) + 60
local started_at = date(now)
local of_worker = worker_stem .. worker .. ':executions'
local has_revocations = redis.call('EXISTS', own_stem .. 'revoked') == 1
local taken, looked_at, spent, share = 0, 0, 0, 16777216

local function is_revoked(id)
  local until_when = has_revocations and redis.pcall('ZSCORE', own_stem .. 'revoked', id)
  return type(until_when) == 'string' and tonumber(until_when) * 1000000 > now and 1 or 0
end

local is_paused = {}
if redis.call('TYPE', own_stem .. 'paused').ok == 'hash' then
  for _, queue in ipairs(redis.call('HKEYS', own_stem .. 'paused')) do is_paused[queue] = true end
end

-- The executions that are started and not yet listed: of this worker, and of a queue with the ends of their leases.
local running, leases = {}, {}

local function start(id, execution, claims)
  local job, member = job_stem .. id, id .. ':' .. execution
  local key = execution_stem .. id .. ':' .. execution
  redis.call('HSET', key, 'id', execution, 'job_id', id, 'created_at', created, 'last_heartbeat', created,
    'worker_name', worker)
  redis.call('EXPIRE', key, ttl)
  redis.call('ZADD', executions_stem .. id, seconds(instant + lease + 60000000), execution)
  redis.call('EXPIRE', executions_stem .. id, ttl + 60)
  redis.call('HSET', job, 'last_heartbeat', started_at, 'status', 'started', 'started_at', started_at,
    'worker_name', worker, 'celeriac_deliveries', claims)
  redis.call('PERSIST', job)
  running[#running + 1] = member
  leases[#leases + 1] = expires
  leases[#leases + 1] = member
end

-- Lists the started executions of a queue, many at once.
local function list_started(queue)
  for from = 1, #leases, 1000 do
    redis.call('ZADD', wip_stem .. queue, unpack(leases, from, math.min(from + 999, #leases)))
  end
  for from = 1, #running, 1000 do
    -- An error in the list that only people read must not prevent the jobs from starting.
    redis.pcall('SADD', of_worker, unpack(running, from, math.min(from + 999, #running)))
  end
  running, leases = {}, {}
end

-- Returns the memory that a job's hash takes; the length of its call if the server does not report it.
local function size_of(job)
  local size = redis.pcall('MEMORY', 'USAGE', job, 'SAMPLES', 0)
  if type(size) == 'table' then size = redis.call('HSTRLEN', job, 'data') end
  return size or 0
end

local function take(position, queue, id)
  local size = size_of(job_stem .. id)
  if size > largest then
    return fail_job(queue, id, string.format('a job of %d bytes; at most %d are read', size, largest))
  end
  spent = spent + size
  local hash = redis.call('HGETALL', job_stem .. id)
  local has_data, status, claims = false, nil, 0
  for i = 1, #hash, 2 do
    if hash[i] == 'data' then
      has_data = true
    elseif hash[i] == 'status' then
      status = hash[i + 1]
    elseif hash[i] == 'celeriac_deliveries' then
      claims = number(hash[i + 1])
    end
  end
  if not has_data or status == 'canceled' then return end
  if claims >= most_claims then
    return fail_job(queue, id, string.format('it was claimed %.0f times and never settled', claims))
  end
  taken = taken + 1
  local execution = nonce .. string.format('%08x', taken)
  start(id, execution, claims + 1)
  answer[#answer + 1] = position
  answer[#answer + 1] = id
  answer[#answer + 1] = execution
  answer[#answer + 1] = is_revoked(id)
  answer[#answer + 1] = hash
end

local function take_all(position, queue)
  local list = queue_stem .. queue
  while taken < most and looked_at < most + 1000 and spent < share do
    local ids = redis.call('LPOP', list, most - taken)
    if not ids then return end
    for i, id in ipairs(ids) do
      if spent >= share then
        -- The rest goes back in its old order.
        for j = #ids, i, -1 do redis.call('LPUSH', list, ids[j]) end
        return
      end
      looked_at = looked_at + 1
      local is_done, problem = pcall(take, position, queue, id)
      if not is_done then give_up(queue, id, problem) end
    end
  end
end

for i = first + 5, #ARGV do
  local queue = ARGV[i]
  if taken == most then break end
  if is_paused[queue] then
    paused[#paused + 1] = i - first - 4
  elseif is_kind('list', queue_stem .. queue) and is_kind('zset', wip_stem .. queue) then
    promote(queue, 100)
    if requeues then requeue_lapsed(queue, 100) end
    take_all(i - first - 4, queue)
    list_started(queue)
  end
end

if taken > 0 then
  redis.call('EXPIRE', of_worker, ttl + 60)
  if redis.call('EXISTS', worker_stem .. worker) == 1 then
    redis.pcall('HSET', worker_stem .. worker, 'state', 'busy')
  end
end
if taken < most then
  local pause = -1
  local function sooner(left)
    -- A lease that is over already is left to a peer, and is no reason to ask again at once.
    if left > 0 and (pause < 0 or left < pause) then pause = left end
  end
  for i = first + 5, #ARGV do
    if not is_paused[ARGV[i]] then
      local lapse = read_set('ZRANGE', wip_stem .. ARGV[i], 0, 0, 'WITHSCORES')[2]
      for _, left in pairs({ until_due(ARGV[i]), lapse and tonumber(lapse) * 1000000 - instant }) do sooner(left) end
    end
  end
  -- There may be more jobs behind those that are gone or have failed.
  answer[2] = (looked_at > taken or spent >= share) and 0 or math.ceil(pause)
end
return answer
