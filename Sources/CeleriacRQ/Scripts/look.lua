-- LOOK: shows a page of the ids in a queue's list, in the order of claims.
--
-- A list has no keys: claims take from its beginning, and jobs are put to its end. The last ids shown are the anchors
-- of the next page, which begins behind the last of them that still lies there. An anchor misleads if it was claimed
-- and put back at the end: the jobs that it was taken before would be skipped. But then each of the ids that were the
-- newest ones at the time of the page either was claimed too, or lies before that anchor. So an anchor holds only if
-- the newest id of then that is still there lies behind it. If no anchor holds, everything shown has left the list, and
-- the next page begins at its beginning: no job is skipped.
--
-- KEYS    none
-- ARGV    after the heading: a queue; the most ids to show; the end of the page before, or nothing: how many ids lay
--         before the last one shown; how many anchors; the anchors, the last one first; the newest ids, the newest
--         first
-- Result  an array of two: the end of this page, as in ARGV, or nothing if the list has ended; the ids
-- Atomic  a snapshot of one instant
-- Errors  WRONGTYPE if the key holds another kind of value; it writes nothing

-- @include prelude

local list, limit = queue_stem .. ARGV[first], tonumber(ARGV[first + 1])
local before, count = tonumber(ARGV[first + 2] or ''), tonumber(ARGV[first + 3] or '')
local most_anchors, slack = 8, 1000
local anchors_at, newest_at = first + 4, first + 4 + (count or 0)

local function holds(index)
  for i = newest_at, #ARGV do
    local there = redis.call('LPOS', list, ARGV[i], 'RANK', -1)
    if there then return there >= index end
  end
  return false
end

-- Returns the index behind the last anchor that holds. Jobs put at the front may have shifted the anchors a little.
local function index_behind()
  local behind = 0
  if not before then return behind end
  for i = anchors_at, newest_at - 1 do
    local index = redis.call('LPOS', list, ARGV[i], 'MAXLEN', before + 1 + slack)
    if index and index >= behind and holds(index) then behind = index + 1 end
  end
  return behind
end

local from = index_behind()
local ids, length = redis.call('LRANGE', list, from, from + limit - 1), redis.call('LLEN', list)
local next = from + #ids
if next >= length then return { {}, ids } end
local shown = redis.call('LRANGE', list, math.max(0, next - most_anchors), next - 1)
local last = { string.format('%.0f', next - 1), string.format('%.0f', #shown) }
for i = #shown, 1, -1 do last[#last + 1] = shown[i] end
local newest = redis.call('LRANGE', list, -4, -1)
for i = #newest, 1, -1 do last[#last + 1] = newest[i] end
return { last, ids }
