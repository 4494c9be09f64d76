-- PURGE: deletes the waiting jobs of a queue.
--
-- KEYS    none
-- ARGV    after the heading: a queue; the most jobs to delete
-- Result  how many it deleted
-- Atomic  one step
-- Errors  an error does not undo earlier deletions; the current job's hash may be left without a place in its list

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
