-- LOOK AT DELAYED: shows delayed messages of a queue in the order in which they are due.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; how many messages to skip; the most to show
-- Result  alternating members and due times: fewer than asked for once they reach 16 MiB, but at least one if there is
--         one
-- Atomic  a snapshot of one instant
-- Errors  as those of Fragments/restoring.lua: no message is lost

-- @include prelude messages restoring

local queue, offset, limit = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
promote(queue, 1000)
local found = {}
local part, size = 8, 0
while limit > 0 and size < share do
  local asked = math.min(part, limit)
  local members = redis.call('ZRANGE', delayed_stem .. queue, offset, offset + asked - 1, 'WITHSCORES')
  for i = 1, #members, 2 do
    if size < share then
      found[#found + 1], found[#found + 2] = members[i], members[i + 1]
      size = size + #members[i]
    end
  end
  if #members < 2 * asked then break end
  offset, limit, part = offset + asked, limit - asked, math.min(2 * part, 64)
end
send_hints()
return found
