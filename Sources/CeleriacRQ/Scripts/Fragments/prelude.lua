-- Names the keys, reads the time, and holds what nearly every script needs.
--
-- Scripts do not declare their keys, because they depend on what is read. So RQ's layout needs a server without Redis
-- Cluster. Scores are seconds, as in RQ, with a fraction if a lease or an eta has one; RQ's readers accept that.
--
-- ARGV    1 the wall clock in microseconds, or "" for the server's own   2 the clock of leases, if 1 is given
--         3 RQ's prefix   4 the name of our scheduler, or "" if we have none   5 the largest job in bytes
--         6 after how many claims without a settlement a job fails
--         The script's own arguments begin at ARGV[first].
-- Needs   nothing
-- Errors  none; it writes nothing by itself

local prefix, scheduler, first = ARGV[3], ARGV[4], 7
local largest, most_claims = tonumber(ARGV[5]), tonumber(ARGV[6])
local now, instant = tonumber(ARGV[1]), tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
  instant = now
end

local queues = prefix .. ':queues'
local queue_stem, job_stem = prefix .. ':queue:', prefix .. ':job:'
local dependencies_stem, results_stem = prefix .. ':job::', prefix .. ':results:'
local wip_stem, scheduled_stem = prefix .. ':wip:', prefix .. ':scheduled:'
local failed_stem, finished_stem = prefix .. ':failed:', prefix .. ':finished:'
local deferred_stem, canceled_stem = prefix .. ':deferred:', prefix .. ':canceled:'
local executions_stem, execution_stem = prefix .. ':executions:', prefix .. ':execution:'
local worker_stem, limit_stem = prefix .. ':worker:', prefix .. ':rl:'
local own_stem = prefix .. ':celeriac:'

local function seconds(time) return string.format('%.6f', time / 1000000) end
-- Seconds without their fraction, as in RQ.
local function whole_seconds(time) return string.format('%.0f', math.floor(time / 1000000)) end

-- A date as RQ writes it. The days are computed by Howard Hinnant's `civil_from_days`.
local function date(time)
  local second = math.floor(time / 1000000)
  local day = math.floor(second / 86400)
  local rest = second - day * 86400
  local shifted = day + 719468
  local era = math.floor(shifted / 146097)
  local of_era = shifted - era * 146097
  local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524)
    - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * of_year + 2) / 153)
  local of_month = of_year - math.floor((153 * month + 2) / 5) + 1
  month = month < 10 and month + 3 or month - 9
  year = year + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%06dZ', year, month, of_month, math.floor(rest / 3600),
    math.floor(rest / 60) % 60, rest % 60, time - second * 1000000)
end

-- Makes those who wait for a job's record look again.
local function tell(id) redis.pcall('PUBLISH', own_stem .. 'job:' .. id, '') end

-- Returns a number from a hash, or 0 if it holds no number: anybody may have written it.
local function number(text) return tonumber(text or '') or 0 end

-- Returns the text of an error.
local function words_of(problem) return type(problem) == 'table' and problem.err or tostring(problem) end

-- Lists a job that cannot be run as failed, so that it does not stop others.
local function fail_job(queue, id, reason)
  local job = job_stem .. id
  redis.pcall('HSET', job, 'status', 'failed', 'celeriac_reason', reason)
  redis.pcall('EXPIRE', job, 31536000)
  redis.pcall('ZADD', failed_stem .. queue, string.format('%.0f', math.floor(now / 1000000) + 31536000), id)
end
local function give_up(queue, id, problem) fail_job(queue, id, 'it is damaged: ' .. words_of(problem)) end

-- Alternating keys that were skipped, because they hold the wrong kind of value, and the kinds that they hold.
local misfits, noted = {}, {}
local function is_kind(kind, key)
  local there = redis.call('TYPE', key).ok
  if there == kind or there == 'none' then return true end
  if not noted[key] then
    noted[key] = true
    misfits[#misfits + 1] = key
    misfits[#misfits + 1] = there
  end
  return false
end
local function misfit_words(key, kind)
  return 'WRONGTYPE key "' .. key .. '" holds a ' .. redis.call('TYPE', key).ok .. ', not a ' .. kind
    .. '; rename it or delete it'
end

-- Reads a sorted set; returns nothing if the key holds another kind of value.
local function read_set(command, key, ...)
  local found = redis.pcall(command, key, ...)
  if not found.err then return found end
  if is_kind('zset', key) then error(found.err) end
  return {}
end

-- Splits `job:execution` at its last colon.
local function parted(member) return string.match(member, '^(.*):([^:]*)$') end

-- Removes an execution from everything that lists it.
local function forget_execution(queue, id, execution, worker)
  local member = id .. ':' .. execution
  redis.call('DEL', execution_stem .. id .. ':' .. execution)
  redis.call('ZREM', wip_stem .. queue, member)
  redis.call('ZREM', executions_stem .. id, execution)
  if worker ~= '' then redis.call('SREM', worker_stem .. worker .. ':executions', member) end
end

-- Frees the unique key of a job that has ended, if the job still holds it.
local function free_unique(id, digest)
  if not digest then return end
  local key = own_stem .. 'unique:' .. digest
  local holder = redis.call('GET', key)
  if holder and string.sub(holder, 3) == id then redis.call('DEL', key) end
end
