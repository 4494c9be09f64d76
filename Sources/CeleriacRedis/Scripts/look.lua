-- LOOK: shows a page of the ready messages of a queue in the order of claims.
--
-- First it gives back lapsed messages and moves due ones, as a claim would. Then it finds the place where the page
-- before ended, see Fragments/finding.lua.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; the most messages to show; where to continue a search, or ""; then the end of the
--         page before: the place of a step (from 1); how many messages lay between the last one shown and the served
--         end, and between it and the other end, or "" if none of this list was shown; the marks of the last messages
--         shown, the last one first; the marks of the newest messages, the newest first. The marks are divided by dots.
-- Result  an array of three: where to continue the search, or "" if there is a page; the end of this page, as in ARGV,
--         or nothing if the list has ended; the messages: fewer than asked for once they reach 16 MiB, but at least one
--         if there is one
-- Atomic  a snapshot of one instant
-- Errors  as those of Fragments/restoring.lua: no message is lost

-- @include prelude messages restoring finding

local queue, limit, from = ARGV[first], tonumber(ARGV[first + 1]), ARGV[first + 2]
local place = tonumber(ARGV[first + 3])
local behind, ahead = tonumber(ARGV[first + 4]), tonumber(ARGV[first + 5])
restore_lapsed(queue, 1000)
promote(queue, 1000)
send_hints()

local name = steps[place] and list(queue, steps[place])
local distance = 0
if behind and name and is_kind('list', name) then
  spent = 0
  local shown, search = find_last(name, behind, ahead, ARGV[first + 6], ARGV[first + 7], tonumber(from))
  if search then return { whole(search), {}, {} } end
  distance = shown and shown + 1 or 0
end

local found, size = {}, 0
-- Shows messages of one list from a distance to its served end on, a few at first, because their sizes are unknown.
-- Returns the distance of the message that comes next.
local function show(length)
  local part, next = 8, distance
  while next < length and limit > 0 and size < share do
    local raws = redis.call('LRANGE', name, -(next + math.min(part, limit)), -1 - next)
    for i = #raws, 1, -1 do
      if limit > 0 and (size < share or #found == 0) then
        found[#found + 1] = raws[i]
        size, next, limit = size + #raws[i], next + 1, limit - 1
      end
    end
    part = math.min(2 * part, 64)
  end
  return next
end

while place <= #steps do
  name = list(queue, steps[place])
  if is_kind('list', name) then
    if limit == 0 or size >= share then return { '', { whole(place), '', '', '', '' }, found } end
    local length = redis.call('LLEN', name)
    local next = show(length)
    if next < length then
      return { '', {
        whole(place), whole(next - 1), whole(length - next),
        marks_of(redis.call('LRANGE', name, -next, -1 - math.max(0, next - most_marks))),
        marks_of(redis.call('LRANGE', name, 0, 3)),
      }, found }
    end
  end
  place, distance = place + 1, 0
end
return { '', {}, found }
