-- SAVE META: writes the metadata of a job.
--
-- KEYS    none
-- ARGV    after the heading: a job; its metadata, serialised
-- Result  1 if there is such a job, else 0
-- Atomic  one step
-- Errors  WRONGTYPE if the job's key holds another kind of value: nothing was written

-- @include prelude

local job = job_stem .. ARGV[first]
if redis.call('HEXISTS', job, 'data') == 0 then return 0 end
redis.call('HSET', job, 'meta', ARGV[first + 1])
tell(ARGV[first])
return 1
