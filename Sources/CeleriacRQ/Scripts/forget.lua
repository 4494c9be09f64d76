-- FORGET: deletes an ended job and all its results. Of a job that has not ended, it deletes only the recorded data.
--
-- KEYS    none
-- ARGV    after the heading: a job
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  an error may leave the job unlisted, with its hash still there

-- @include prelude rateLimiting entering dependents removal

local id = ARGV[first]
local job = redis.call('HMGET', job_stem .. id, 'status', 'origin', 'data')
local is_over = { finished = true, failed = true, stopped = true, canceled = true }
if job[1] and job[3] and not is_over[job[1]] then
  redis.call('HDEL', job_stem .. id, 'celeriac_record')
  redis.call('DEL', results_stem .. id)
  tell(id)
else
  for _, stem in ipairs({ finished_stem, failed_stem, canceled_stem }) do
    redis.call('ZREM', stem .. (job[2] or ''), id)
  end
  delete_job(id)
end
