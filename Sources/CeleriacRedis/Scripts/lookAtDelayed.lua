-- LOOK AT DELAYED: shows a page of the delayed messages of a queue in the order in which they are due.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; the most messages to show; the end of the page before, or two empty texts: the
--         due time of the last one shown, and the beginning of its member in hexadecimal digits
-- Result  the end of this page, as in ARGV, or two empty texts if the list has ended; then alternating members and due
--         times: fewer than asked for once they reach 16 MiB, but at least one if there is one
-- Atomic  a snapshot of one instant
-- Errors  as those of Fragments/restoring.lua: no message is lost

-- @include prelude messages restoring

local queue, limit, score, beginning = ARGV[first], tonumber(ARGV[first + 1]), ARGV[first + 2], ARGV[first + 3]
local key = delayed_stem .. queue
promote(queue, 1000)
send_hints()

-- A member begins with a number of 16 digits that no other member has.
local function beginning_of(member)
  return (string.gsub(string.sub(member, 1, 16), '.', function(c) return string.format('%02x', string.byte(c)) end))
end

-- Returns the rank of the first message behind the end of the page before. Messages of equal due times are in the order
-- of their members, so it halves their range until one is left.
local function rank_behind()
  if score == '' then return 0 end
  local low, high = redis.call('ZCOUNT', key, '-inf', '(' .. score), redis.call('ZCOUNT', key, '-inf', score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if beginning_of(redis.call('ZRANGE', key, middle, middle)[1]) > beginning then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

local from, found = rank_behind(), { '', '' }
local part, size = 8, 0
while limit > 0 and size < share do
  local asked = math.min(part, limit)
  local members = redis.call('ZRANGE', key, from, from + asked - 1, 'WITHSCORES')
  for i = 1, #members, 2 do
    if size < share then
      found[#found + 1], found[#found + 2] = members[i], members[i + 1]
      size = size + #members[i]
    end
  end
  if #members < 2 * asked and size < share then return found end
  from, limit, part = from + asked, limit - asked, math.min(2 * part, 64)
end
if #found > 2 then found[1], found[2] = found[#found], beginning_of(found[#found - 1]) end
return found
