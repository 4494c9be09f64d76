-- How a page of a list finds the place where the page before ended. A list has no keys: claims take from its served end
-- (the right one), so places counted from there shrink; publications push to the other end, so places counted from
-- there grow. A place is the distance to the served end.
--
-- The last messages shown are the anchors. Whatever lies between an anchor and the other end was not shown. An anchor
-- misleads if it was claimed and came back at the other end: the messages that it was taken before would be skipped.
-- But then each of the messages that were the newest ones at the time of the page either was claimed too, or lies
-- between that anchor and the served end. So an anchor holds only if a newest message of then lies on its other side,
-- and none that was newer lies on its served side. If no anchor holds, everything shown has left the list, and the next
-- page begins at the served end: no message is skipped.
--
-- Needs   prelude, messages

-- How many anchors there are, and by how many places removals and messages put at the front may have shifted them.
local most_marks, slack = 8, 1000

-- Returns a short text that stands for a message: a digest of its tag, or of a message of any other shape.
local function mark_of(raw)
  local tag = own_tag(raw)
  if tag == '' and string.sub(raw, 1, 9) == '{"body": ' then
    local _, _, _, found = string.match(string.sub(raw, -600), python_message)
    tag = found or ''
  end
  return string.sub(redis.sha1hex(tag ~= '' and tag or raw), 1, 12)
end

local function marks_of(raws)
  local marks = {}
  for i, raw in ipairs(raws) do marks[i] = mark_of(raw) end
  return table.concat(marks, '.')
end

-- Returns the marks in a text, each with its position.
local function positions(text)
  local found, count = {}, 0
  for mark in string.gmatch(text, '[^.]+') do
    count = count + 1
    found[mark] = found[mark] or count
  end
  return found
end

-- Looks for one of `wanted` from place `high` down to place `low`. Returns the place and the position of the mark; or
-- nil, and the place where to continue if it has read its share.
local function seek(name, high, low, wanted)
  local part = 8
  while high >= low do
    if spent >= share then return nil, high end
    local bottom = math.max(low, high - part + 1)
    for i, raw in ipairs(redis.call('LRANGE', name, -1 - high, -1 - bottom)) do
      spent = spent + #raw
      local position = wanted[mark_of(raw)]
      if position then return high - i + 1, position end
    end
    high, part = bottom - 1, math.min(2 * part, 64)
  end
  return nil
end

-- Whether the anchor at a place has not left the list since. `ahead`: how many messages lay on its other side.
local function holds_at(name, place, length, ahead, newest)
  spent = 0
  local top = math.min(length - 1, place + ahead)
  local found, position = seek(name, top, math.max(place, top - slack), newest)
  if not found then return false end
  if position == 1 then return true end
  local newer = {}
  for mark, other in pairs(newest) do
    if other < position then newer[mark] = other end
  end
  local moved, unread = seek(name, place - 1, 0, newer)
  return not moved and not unread
end

-- Returns the place of the last message shown that still lies in the list, or nil; or nil, and where to continue the
-- search in another run. `behind`, `ahead`: the places of the last one shown when it was shown, from both ends.
local function find_last(name, behind, ahead, shown, newest, from)
  local length = redis.call('LLEN', name)
  local anchors, news = positions(shown), positions(newest)
  local function is_sure(place, position) return holds_at(name, place, length, ahead + position - 1, news) end
  if not from then
    -- As a rule few messages were claimed since, and the very last one is there.
    local high = math.min(length - 1, behind)
    local place = seek(name, high, math.max(0, high - 255), positions(string.match(shown, '^[^.]*')))
    if place and is_sure(place, 1) then return place end
  end
  local high = math.min(length - 1, from or behind + slack)
  while high >= 0 do
    local place, position = seek(name, high, 0, anchors)
    -- The next run looks at a few of these places again, in case they have moved.
    if not place then return nil, position and position + math.floor((high - position) / 4) end
    if is_sure(place, position) then return place end
    high = place - 1
  end
  return nil
end
