-- REMOVE: deletes a job if it waits.
--
-- KEYS    none
-- ARGV    after the heading: a job
-- Result  1 if it waited, else 0
-- Atomic  one step
-- Errors  an error may leave the job's hash without a place in a queue

-- @include prelude rateLimiting entering dependents removal

local id = ARGV[first]
local job = redis.call('HMGET', job_stem .. id, 'origin', 'status', 'rate_limit_key')
if not job[1] then return 0 end
local waited = take_out(id, job[1]) or job[2] == 'rate_limited'
if not waited then return 0 end
delete_job(id)
return 1
