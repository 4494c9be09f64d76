-- How chords are counted: in Celery's own keys and as Celery 5.7 does it; see `RedisKeys` for the keys.
--
-- open, part, part  ->  chords.open: checked from time to time, because the process that claims it may not be ours
-- the last part     ->  chords.due: the next claim takes it
-- launched          ->  in neither; `.c` is "done" for five minutes, our own hash lasts as long as the chord is known
--
-- A chord is over once its body was launched, or once Python gave it up. In that case Python deletes `.s`, and only
-- `.s`: if we know that the chord was open, a missing `.s` means that it is over. Source: `celery/backends/redis.py`,
-- the three scripts of chords.
--
-- Needs   prelude

local is_virtual = ARGV[1] ~= ''
-- After how many microseconds a chord that is only open is checked again.
local patience = 30000000

-- In virtual time nothing expires by itself: a second key holds the time of expiry.
local function is_past(key, clock)
  local expires = redis.call('GET', key .. ':expires')
  return expires and tonumber(expires) <= clock
end

-- Returns the keys of a chord, from the prefix of Celery's keys and ours.
local function chord_of(stem, own, group)
  local base = stem .. group
  local chord = {
    group = group, base = base, parts = base .. '.j', more = base .. '.t', size = base .. '.s', seen = base .. '.d',
    claim = base .. '.c', beside = own .. 'chord:' .. group, open = own .. 'chords.open', due = own .. 'chords.due'
  }
  if is_virtual then
    if is_past(base, now) then
      redis.call('DEL', base, base .. ':expires', chord.parts, chord.more, chord.size, chord.seen, chord.beside)
    end
    if is_past(chord.claim, instant) then redis.call('DEL', chord.claim, chord.claim .. ':expires') end
  end
  return chord
end

local function is_done(chord) return redis.call('GET', chord.claim) == 'done' end

local function is_over(chord)
  if is_done(chord) then return true end
  return redis.call('HEXISTS', chord.beside, 'size') == 1 and redis.call('EXISTS', chord.size) == 0
end

-- Python keeps a list if `result_chord_ordered` is off.
local function is_list(chord) return redis.call('TYPE', chord.parts).ok == 'list' end

-- Returns how many parts there are, and how many there will be; the latter is nil before the chord is open.
local function tally(chord)
  local size = tonumber(redis.call('GET', chord.size) or '')
  local count = redis.call(is_list(chord) and 'LLEN' or 'ZCARD', chord.parts)
  return count, size and size + (tonumber(redis.call('GET', chord.more) or '') or 0)
end

-- `span` as in `record`; "" for forever.
local function keep(chord, span)
  if is_virtual then
    local expires = string.match(span, ':(%d*)$')
    if expires == '' then return redis.call('DEL', chord.base .. ':expires') end
    return redis.call('SET', chord.base .. ':expires', expires)
  end
  for _, key in ipairs({ chord.parts, chord.more, chord.size, chord.seen, chord.base, chord.beside }) do
    if span == '' then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, span) end
  end
end

local function take_out(chord)
  redis.call('ZREM', chord.open, chord.group)
  redis.call('ZREM', chord.due, chord.group)
end

-- Puts an open chord where it will be checked in time.
local function mark(chord)
  local count, total = tally(chord)
  if not total then return end
  redis.call('HSET', chord.beside, 'size', whole(total))
  if count >= total then
    redis.call('ZREM', chord.open, chord.group)
    redis.call('ZADD', chord.due, 'LT', whole(instant), chord.group)
  else
    redis.call('ZADD', chord.open, 'NX', whole(instant + patience), chord.group)
  end
end

-- ARGV: size, body, root, saved header or "", span.
local function open_chord(chord, at)
  if redis.call('EXISTS', chord.size) == 1 or is_over(chord) then return end
  local size, body, root, header, span = unpack(ARGV, at, at + 4)
  redis.call('SET', chord.size, size)
  redis.call('HSET', chord.beside, 'body', body, 'root', root)
  if header ~= '' then redis.call('SET', chord.base, header) end
  keep(chord, span)
  mark(chord)
end

-- ARGV: how many more, the id of the call that asks.
local function extend_chord(chord, at)
  if is_done(chord) or redis.call('SADD', chord.seen, '+' .. ARGV[at + 1]) == 0 then return end
  redis.call('INCRBY', chord.more, ARGV[at])
  local left = is_virtual and 0 or redis.call('PTTL', chord.size)
  if left > 0 then
    redis.call('PEXPIRE', chord.more, left)
    redis.call('PEXPIRE', chord.seen, left)
  end
end

-- Two entries of a header may have the same id and the same text: a space is appended to the later one.
local function add_part(chord, place, member)
  if is_list(chord) then return redis.call('RPUSH', chord.parts, member) end
  local there = redis.call('ZSCORE', chord.parts, member)
  while there and tonumber(there) ~= tonumber(place) do
    member = member .. ' '
    there = redis.call('ZSCORE', chord.parts, member)
  end
  redis.call('ZADD', chord.parts, place, member)
end

-- ARGV: place or "+inf", id, member, body, root, span. Only `.c` ends the counting, as in Celery: when Python sends a
-- chord again, its first parts come before its size.
local function count_part(chord, at)
  if is_done(chord) then return end
  local place, id, member, body, root, span = unpack(ARGV, at, at + 5)
  if redis.call('SADD', chord.seen, id .. ':' .. place) == 1 then
    add_part(chord, place, member)
    redis.call('HSET', chord.beside, 'last', id)
  end
  if redis.call('HSETNX', chord.beside, 'body', body) == 1 then
    redis.call('HSET', chord.beside, 'root', root)
  end
  keep(chord, span)
  mark(chord)
end

local verbs = { o = { open_chord, 5 }, e = { extend_chord, 2 }, p = { count_part, 6 } }

-- Runs `verb` on a chord. Returns whether that succeeded. A group's id can be chosen so that its keys have another
-- type: such a chord must not prevent other chords from being launched, nor other calls from being settled.
local function attempt(verb, chord, at)
  local is_taken, problem = pcall(verb, chord, at)
  if is_taken then return true end
  local text = type(problem) == 'table' and problem.err or tostring(problem)
  if not string.find(text, 'WRONGTYPE', 1, true) and not string.find(text, 'is not a', 1, true) then error(problem) end
  redis.log(redis.LOG_WARNING, 'celeriac: keys of the chord in ' .. chord.base .. ' are none of a chord: ' .. text)
  return false
end

-- Takes steps from ARGV: how many; if any, the prefixes of Celery's keys and ours; then for each its verb, group and
-- words. Returns the next argument, and the base of a chord whose keys have another type, if there was one.
local function take_steps(at)
  local count, refused = tonumber(ARGV[at]), nil
  if count == 0 then return at + 1 end
  local stem, own = ARGV[at + 1], ARGV[at + 2]
  at = at + 3
  for _ = 1, count do
    local verb, words = unpack(verbs[ARGV[at]])
    local chord = chord_of(stem, own, ARGV[at + 1])
    if not attempt(verb, chord, at + 2) then refused = chord.base end
    at = at + 2 + words
  end
  return at, refused
end
