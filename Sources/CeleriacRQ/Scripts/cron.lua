-- CRON: enqueues the job of a tick and adds it to the entry's history.
--
-- It does nothing if that tick, or a later one that is not ahead of the scheduler's time, was published before. Ticks
-- that are ahead come from a clock that ran ahead. They do not block later ticks; they are listed, so that they do not
-- come again. Source of the history: RQ 3.0.0, `cron.py`, `CronJob.enqueue`.
--
-- KEYS    none
-- ARGV    after the heading: name of the entry; its tick and the scheduler's time in microseconds; how many jobs (one),
--         and its words, see Fragments/enqueueing.lua
-- Result  1 if it enqueued the job, else 0
-- Atomic  one step
-- Errors  an error before the job is enqueued uses up the tick without a job

-- @include prelude rateLimiting entering enqueueing

local name, tick, time = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
local latest, ahead = own_stem .. 'cron:' .. name, own_stem .. 'cron:' .. name .. ':ahead'
local last = number(redis.call('GET', latest))
if last > time then
  redis.call('ZADD', ahead, last, string.format('%.0f', last))
  redis.call('ZREMRANGEBYRANK', ahead, 0, -1001)
  redis.call('EXPIRE', ahead, 315360000)
elseif last >= tick then
  return 0
end
if redis.call('ZSCORE', ahead, ARGV[first + 1]) then return 0 end
redis.call('SET', latest, ARGV[first + 1], 'EX', 31536000)
enqueue(first + 4, 1)
local history = prefix .. ':cron_job:' .. name .. ':jobs'
redis.call('ZADD', history, seconds(now), ARGV[first + 4])
redis.call('ZREMRANGEBYRANK', history, 0, -1001)
redis.call('EXPIRE', history, 31536000)
redis.call('ZADD', prefix .. ':cron_jobs', seconds(now), name)
return 1
