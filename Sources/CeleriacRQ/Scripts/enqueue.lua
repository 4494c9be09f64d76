-- ENQUEUE: puts jobs into their queues.
--
-- KEYS    none: the keys depend on what the script reads
-- ARGV    after the heading: how many jobs; the words of each, see Fragments/enqueueing.lua
-- Result  for each refused job: position (from 1) and the id that is in the way
-- Atomic  each job completely or not at all; none if a key that must be written holds another kind of value
-- Errors  WRONGTYPE, with the name of the key: nothing was written

-- @include prelude rateLimiting entering enqueueing

local problem = hindrance(first + 1, tonumber(ARGV[first]))
if problem then return redis.error_reply(problem) end
enqueue(first + 1, tonumber(ARGV[first]))
return refused
