-- CLAIM: takes messages from queues and leases them to one consumer.
--
-- First it gives back lapsed messages and moves due ones. Then it takes messages from the lists and writes kombu's
-- entries and ours. A message that is too large, has no tag or is not JSON becomes a dead letter. A list that holds
-- another kind of value is skipped, and so is a paused queue.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the lease in microseconds; the most messages to take; names of queues, in the order in
--         which they are tried
-- Result  an array:
--         1 the score of the claim   2 the server's time in microseconds   3 1 if there are revocations
--         4 in how many microseconds it is worth asking again, or -1 if unknown or if it took as many as asked for
--         5 how many became dead letters
--         6 how many of the messages are from each queue, in the order of ARGV; -1 if the queue is paused
--         7 position (from 1), tag and number of lapses of each message whose lease has lapsed before, or whose tag
--           `plain_tag` does not find
--         8 alternating keys that were skipped and the kinds that they hold
--         9 alternating renamed keys and their new names
--         10 and on: the messages. Fewer than asked for once it has read 16 MiB.
-- Atomic  no other client sees a message in neither place, nor in both.
-- Errors  messages leave their list last, so an error in between loses none. It may leave entries and a lease of
--         messages that still wait: they come back when the leases lapse, which repeats the messages.

-- @include prelude messages restoring

local lease, limit = tonumber(ARGV[first]), tonumber(ARGV[first + 1])
-- For each message: its text, its tag, its entry in `unacked`, and the original tag if it was renamed.
local raws, names, entries, bases = {}, {}, {}, {}
local taken, parked = 0, 0
-- Positions of messages whose tag the answer must contain, because `plain_tag` does not find it.
local told = {}
local counts, trims, tags = {}, {}, {}
local is_paused = {}
if redis.call('TYPE', gate).ok == 'hash' then
  for _, queue in ipairs(redis.call('HKEYS', gate)) do is_paused[queue] = true end
end

-- Kombu gives the same tag to all copies that an exchange makes of a message, and claims do not see each other's.
local function rename(place)
  bases[place] = bases[place] or names[place]
  names[place] = bases[place] .. '+' .. redis.call('INCR', sequence)
end

local function refuse(queue, raw, id, problem)
  park(queue, id, 'it cannot be read: ' .. problem, 0, raw)
  parked = parked + 1
end

local function take(queue, raw, plain, plain_tail)
  spent = spent + #raw
  if #raw > largest then
    return refuse(queue, raw, correlation_id(raw),
      string.format('a message of %d bytes; at most %d are read', #raw, largest))
  end
  local tag, tail = plain_tag(raw, plain), plain_tail
  if not tag then
    local exchange, key
    tag, exchange, key = read(raw, queue)
    if not tag then return refuse(queue, raw, key, exchange) end
    tail = own_tail(exchange, key)
    told[taken + 1] = true
  end
  taken = taken + 1
  raws[taken], names[taken], entries[taken] = raw, tag, '[' .. raw .. tail
  if tags[tag] then rename(taken) end
  tags[tag] = true
end

-- Takes messages from one list, a few at first, because their sizes are unknown. Returns how many leave it.
local function take_from(name, queue, plain, plain_tail)
  local gone, part = 0, 8
  while taken + parked < limit and spent < share do
    local asked = math.min(part, limit - taken - parked)
    local found = redis.pcall('LRANGE', name, -gone - asked, -1 - gone)
    if found.err then
      if is_kind('list', name) then error(found.err) end
      note_misfit(name)
      break
    end
    for i = #found, 1, -1 do
      if spent >= share then break end
      take(queue, found[i], plain, plain_tail)
      gone = gone + 1
    end
    if #found < asked then break end
    part = math.min(2 * part, 64)
  end
  return gone
end

-- Adds to a sorted set. A small set is one block of memory, in which each insertion walks past all members before it
-- and parses their scores. A member of more than 64 bytes turns it into a tree for good (zset-max-listpack-value),
-- which pays off if many members are added to it. A set that is new begins as a block. The last word is added first,
-- for sets that stay a block.
local long_member = string.rep('-', 65)
local function add(key, option, words)
  local encoding = #words >= 8 and redis.pcall('OBJECT', 'ENCODING', key)
  local is_block = #words >= 8 and not encoding or encoding == 'listpack' or encoding == 'ziplist'
  if is_block then redis.call('ZADD', key, 0, long_member) end
  local added = redis.call('ZADD', key, option, unpack(words))
  if is_block then redis.call('ZREM', key, long_member) end
  return added
end

-- Writes the tags of all messages into the index. A tag that somebody holds already stays theirs.
local function index_names(score)
  local words = {}
  for place = taken, 1, -1 do
    local at = 2 * (taken - place)
    words[at + 1], words[at + 2] = score, names[place]
  end
  if add(index, 'NX', words) == taken then return end
  for place, held in ipairs(redis.call('ZMSCORE', index, unpack(names))) do
    if tonumber(held) ~= tonumber(score) then
      rename(place)
      redis.call('ZADD', index, score, names[place])
    end
  end
end

-- Records which messages of a queue we hold, and until when.
local function hold(queue, from, to)
  local words, fields = {}, {}
  -- One microsecond apart, so that they keep their order if they lapse.
  local deadline = ticking(instant + lease - (to - from + 1))
  for place = to, from, -1 do
    local at = 2 * (to - place)
    local name = names[place]
    words[at + 1], words[at + 2] = deadline(place - from), name
    fields[at + 1], fields[at + 2] = name, entries[place]
  end
  redis.call('SADD', queues, queue)
  in_parts('HSET', unacked, fields)
  add(leases_stem .. queue, 'CH', words)
end

local ranges = {}
local function take_all(queue)
  local from = taken + 1
  restore_lapsed(queue, 100)
  promote(queue, 100)
  local plain, plain_tail = plain_middle(queue), own_tail('', quoted(queue))
  for _, step in ipairs(steps) do
    if taken >= limit then break end
    local name = list(queue, step)
    local gone = take_from(name, queue, plain, plain_tail)
    if gone > 0 then trims[#trims + 1] = { name, gone } end
  end
  counts[#counts + 1] = taken - from + 1
  if taken >= from then ranges[#ranges + 1] = { queue, from, taken } end
end
for argument = first + 2, #ARGV do
  if taken >= limit then break end
  if is_paused[ARGV[argument]] then counts[#counts + 1] = -1 else take_all(ARGV[argument]) end
end

local score = ''
if taken > 0 then
  score = next_score()
  index_names(score)
  for _, range in ipairs(ranges) do hold(range[1], range[2], range[3]) end
end
for _, trim in ipairs(trims) do redis.call('LTRIM', trim[1], 0, -1 - trim[2]) end

local pause, odd = -1, {}
if taken > 0 then
  -- As the server writes it, so that a settlement finds exactly the same text.
  score = redis.call('ZSCORE', index, names[1])
  local lapses = {}
  if redis.call('TYPE', deliveries).ok == 'hash' then
    local old = {}
    for place, name in ipairs(names) do old[place] = bases[place] or name end
    lapses = redis.call('HMGET', deliveries, unpack(old))
  end
  for place, name in ipairs(names) do
    if string.find(name, '~s', 1, true) then free(name, 's') end
    if told[place] or bases[place] or lapses[place] then
      odd[#odd + 1] = place
      odd[#odd + 1] = name
      odd[#odd + 1] = count_of(lapses[place])
    end
  end
end
if spent >= share then
  pause = 0
elseif taken < limit then
  local function sooner(micros)
    if pause < 0 or micros < pause then pause = pause_until(micros) end
  end
  for argument = first + 2, #ARGV do
    -- A queue with a stuck message is no reason to ask again at once.
    if not blocked[ARGV[argument]] and not is_paused[ARGV[argument]] then
      local due = redis.call('ZRANGE', delayed_stem .. ARGV[argument], 0, 0, 'WITHSCORES')
      if due[2] then sooner(due[2] - now) end
      local lapse = redis.call('ZRANGE', leases_stem .. ARGV[argument], 0, 0, 'WITHSCORES')
      if lapse[2] then sooner(lapse[2] - instant) end
    end
  end
end
send_hints()
local revocations = redis.call('TYPE', revoked).ok
if revocations ~= 'none' and revocations ~= 'zset' then clear_way('zset', revoked) end
local answer = {
  score, whole(now), revocations == 'zset' and 1 or 0, pause, parked, counts, odd, misfits, renamed_keys,
}
for place, raw in ipairs(raws) do answer[9 + place] = raw end
return answer
