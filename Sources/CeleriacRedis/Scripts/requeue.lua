-- REQUEUE: puts dead letters back into their queues.
--
-- A letter that was deleted or parked again since it was read is left alone.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: how many; then for each: id, first line of its document, key of its result, the document
--         to publish there, and the nine words of `publish`
-- Result  the positions (from 1) of the letters that were put back
-- Atomic  all of them, or none if a list holds another kind of value
-- Errors  WRONGTYPE, with the name of the key: all letters stay

-- @include prelude publishing forgetting digging

local requeued, count = {}, tonumber(ARGV[first])
for i = 1, count do
  local problem = hindrance(first + 5 + 13 * (i - 1), 1)
  if problem then return redis.error_reply(problem) end
end
for i = 1, count do
  local at = first + 1 + 13 * (i - 1)
  if dig_up(ARGV[at], ARGV[at + 1]) then
    forget_result(ARGV[at + 2], ARGV[at + 3])
    publish(at + 4, 1)
    requeued[#requeued + 1] = i
  end
end
send_hints()
return requeued
