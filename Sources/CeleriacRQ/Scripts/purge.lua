-- PURGE: deletes jobs of a queue that wait.
--
-- KEYS    none
-- ARGV    after the heading: a queue; the most jobs to delete
-- Result  how many it deleted
-- Atomic  one step
-- Errors  an error leaves deleted what was deleted; the job at hand may be out of its list with its hash left

-- @include prelude rateLimiting entering dependents removal

local queue, most, purged = ARGV[first], tonumber(ARGV[first + 1]), 0
while purged < most do
  local id = redis.call('LPOP', queue_stem .. queue)
  if not id then break end
  delete_job(id)
  purged = purged + 1
end
for _, stem in ipairs({ scheduled_stem, deferred_stem }) do
  while purged < most do
    local id = redis.call('ZPOPMIN', stem .. queue)[1]
    if not id then break end
    delete_job(id)
    purged = purged + 1
  end
end
return purged
