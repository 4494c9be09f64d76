-- MOVE: moves the due messages of every queue, including queues that only Python serves.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    nothing after the heading
-- Result  in how many microseconds the next message is due, or -1
-- Atomic  one step
-- Errors  a message leaves the delayed ones after it was put into its list: an error loses none but may repeat one

-- @include prelude messages restoring

local pause = -1
for _, queue in ipairs(redis.call('SMEMBERS', queues)) do
  promote(queue, 1000)
  local due = not blocked[queue] and redis.call('ZRANGE', delayed_stem .. queue, 0, 0, 'WITHSCORES')[2]
  if due and (pause < 0 or due - now < pause) then pause = pause_until(due - now) end
end
send_hints()
return pause
