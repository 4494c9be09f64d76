-- UNLOCK: gives up our scheduler's locks and deletes its hash.
--
-- KEYS    none
-- ARGV    after the heading: queues
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves locks that expire by themselves

-- @include prelude

for i = first, #ARGV do
  local lock = prefix .. ':scheduler-lock:' .. ARGV[i]
  if redis.call('GET', lock) == scheduler then redis.call('DEL', lock) end
end
redis.call('DEL', prefix .. ':scheduler:' .. scheduler)
