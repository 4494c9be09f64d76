-- CLEAN GROUPS: deletes missing jobs from groups, and groups without jobs; once in ten minutes among all peers (RQ
-- 3.0.0, `group.py`).
--
-- KEYS    none
-- ARGV    nothing after the heading
-- Result  how many jobs it deleted from groups
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves the rest to the next run

-- @include prelude

if not redis.call('SET', prefix .. ':clean_groups', 1, 'NX', 'EX', 599) then return 0 end
local gone = 0
for _, group in ipairs(redis.call('SMEMBERS', prefix .. ':groups')) do
  local key = prefix .. ':group:' .. group
  for _, id in ipairs(redis.call('SMEMBERS', key)) do
    if redis.call('EXISTS', job_stem .. id) == 0 then
      redis.call('SREM', key, id)
      gone = gone + 1
    end
  end
  if redis.call('EXISTS', key) == 0 then redis.call('SREM', prefix .. ':groups', group) end
end
return gone
