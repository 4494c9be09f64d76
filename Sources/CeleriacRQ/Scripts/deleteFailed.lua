-- DELETE FAILED: deletes failed jobs.
--
-- KEYS    none
-- ARGV    after the heading: queue and id of each
-- Result  the positions (from 1) of the jobs that were in the failed registry
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves the jobs deleted that came before it

-- @include prelude rateLimiting entering dependents removal

local deleted = {}
for i = first, #ARGV, 2 do
  if redis.call('ZREM', failed_stem .. ARGV[i], ARGV[i + 1]) == 1 then
    delete_job(ARGV[i + 1])
    deleted[#deleted + 1] = (i - first) / 2 + 1
  end
end
return deleted
