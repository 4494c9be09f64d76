-- FIND DELAYED: looks for a call among the delayed messages of a queue, from the last one due to the first.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; an id; how many messages to skip; the most to look at
-- Result  the member and when it is due; else how many to skip next; else nothing
-- Atomic  a snapshot of one instant; a search of several calls is not
-- Errors  as those of Fragments/restoring.lua: no message is lost

-- @include prelude messages restoring matching

local queue, id, offset, most = ARGV[first], ARGV[first + 1], tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
if offset == 0 then
  promote(queue, 1000)
  send_hints()
end
local has_looked, part = false, 8
while most > 0 and not (has_looked and spent >= share) do
  local asked = math.min(part, most)
  local members = read_set('ZREVRANGE', delayed_stem .. queue, offset, offset + asked - 1, 'WITHSCORES')
  for i = 1, #members, 2 do
    local raw = string.gsub(members[i], '^%d+:%d+%^?:', '')
    spent = spent + #raw
    if is_of(raw, id, queue) then return { members[i], members[i + 1] } end
  end
  if #members < 2 * asked then return {} end
  has_looked, offset, most, part = true, offset + asked, most - asked, math.min(2 * part, 64)
end
return { offset }
