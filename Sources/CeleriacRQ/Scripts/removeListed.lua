-- REMOVE LISTED: takes a job out of a registry.
--
-- KEYS    none
-- ARGV    after the heading: name of the registry; a queue; a job; 1 to delete the job, too
-- Result  1 if it was listed, else 0
-- Atomic  one step
-- Errors  an error may leave the job unlisted, with its hash still there

-- @include prelude rateLimiting entering dependents removal wholeRemoval

local id = ARGV[first + 2]
local was_listed = redis.call('ZREM', prefix .. ':' .. ARGV[first] .. ':' .. ARGV[first + 1], id)
if was_listed == 1 and ARGV[first + 3] == '1' then delete_whole(id, false) end
return was_listed
