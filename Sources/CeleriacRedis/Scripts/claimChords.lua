-- CLAIM CHORDS: claims chords whose parts are complete, so that their bodies can be launched.
--
-- The process that finds a chord complete and sets its `.c` launches it. That is Celery's own rule, so each side can
-- continue where the other one died.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the prefix of Celery's keys; ours; the most chords to claim; the lease in microseconds;
--         the token
-- Result  for each claimed chord: group, how many parts there were to be, body, root, the call of the last part or "",
--         the saved header or "", alternating members and places. It checks at most 100 chords, those due first, and
--         ends early once the parts that it has read are large.
-- Atomic  one step for each chord
-- Errors  a chord whose keys hold another kind of value is no longer looked at. An error elsewhere may leave a claim,
--         which lapses.

-- @include prelude chording

local stem, own, limit, lease, token = unpack(ARGV, first, first + 4)
limit, lease = tonumber(limit), tonumber(lease)
local claimed, looked_at, size = {}, 0, 0

local function claim(chord)
  if not is_virtual then
    return redis.call('SET', chord.claim, token, 'NX', 'PX', whole(math.ceil(lease / 1000)))
  end
  if not redis.call('SET', chord.claim, token, 'NX') then return false end
  return redis.call('SET', chord.claim .. ':expires', whole(instant + lease))
end

-- Returns when the claim of another process ends.
local function end_of_claim(chord)
  if is_virtual then return tonumber(redis.call('GET', chord.claim .. ':expires')) or instant + patience end
  local left = redis.call('PTTL', chord.claim)
  return instant + (left < 0 and patience or 1000 * (left + 1))
end

-- Python extends only Celery's keys when it counts a part; this extends our own hash likewise.
local function keep_beside(chord)
  local left = is_virtual and 0 or redis.call('PTTL', chord.size)
  if left > 0 then redis.call('PEXPIRE', chord.beside, left) end
  if left == -1 then redis.call('PERSIST', chord.beside) end
end

local function members_and_places(chord)
  if not is_list(chord) then return redis.call('ZRANGE', chord.parts, 0, -1, 'WITHSCORES') end
  local parts = {}
  for place, member in ipairs(redis.call('LRANGE', chord.parts, 0, -1)) do
    parts[2 * place - 1], parts[2 * place] = member, tostring(place - 1)
  end
  return parts
end

local function described(chord, total, body)
  local beside = redis.call('HMGET', chord.beside, 'root', 'last')
  local header = redis.pcall('GET', chord.base)
  local parts = members_and_places(chord)
  for place = 1, #parts, 2 do size = size + #parts[place] end
  return {
    chord.group, whole(total), body, beside[1] or '', beside[2] or '',
    type(header) == 'string' and header or '', parts
  }
end

local function look_at(chord)
  local count, total = tally(chord)
  local body = redis.call('HGET', chord.beside, 'body')
  if not total or not body or is_over(chord) then return take_out(chord) end
  keep_beside(chord)
  if count < total then
    redis.call('ZREM', chord.due, chord.group)
    redis.call('ZADD', chord.open, whole(instant + patience), chord.group)
    return
  end
  redis.call('ZREM', chord.open, chord.group)
  local is_ours = claim(chord)
  redis.call('ZADD', chord.due, whole(is_ours and instant + lease or end_of_claim(chord)), chord.group)
  if is_ours then claimed[#claimed + 1] = described(chord, total, body) end
end

local function look_into(set)
  local groups = redis.call('ZRANGEBYSCORE', set, '-inf', whole(instant), 'LIMIT', 0, 100 - looked_at)
  for _, group in ipairs(groups) do
    if #claimed >= limit or size > 4194304 then return end
    looked_at = looked_at + 1
    local chord = chord_of(stem, own, group)
    if not attempt(look_at, chord) then take_out(chord) end
  end
end

look_into(own .. 'chords.due')
if looked_at < 100 then look_into(own .. 'chords.open') end
return claimed
