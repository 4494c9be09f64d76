-- PUBLISH: puts messages into their queues.
--
-- If none of our workers is alive, it also moves the due messages in the queues of messages whose `eta` workers obey:
-- the last worker may have left them there, and nobody else would move them.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: how many; then nine words for each, see `publish` in Fragments/publishing.lua
-- Result  the position (from 1) of each refused message, followed by the id of the call that holds its unique key
-- Atomic  all of them, or none if a key that must be written holds another kind of value
-- Errors  WRONGTYPE, with the name of the key: nothing was written

-- @include prelude messages publishing restoring

local count = tonumber(ARGV[first])
local problem = hindrance(first + 1, count)
if problem then return redis.error_reply(problem) end
local left = {}
for i = 1, count do
  local at = first + 1 + 9 * (i - 1)
  if ARGV[at + 8] == '1' then left[ARGV[at]] = true end
end
local _, refused = publish(first + 1, count)
for queue in pairs(left) do
  if not has_mover() then promote(queue, 100) end
end
send_hints()
return refused
