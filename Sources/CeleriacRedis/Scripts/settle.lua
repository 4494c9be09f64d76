-- SETTLE: ends deliveries: done, given back, replaced by their next attempt, or parked as dead letters.
--
-- A group holds messages of one claim that are done and leave nothing but an optional result. None of them holds a
-- unique key. The words of a group:
--
-- - `a` (done), queue, score of the claim, how many; their tags
-- - `r` (done, with results), queue, score, how many, state, milliseconds or ""; their tags, the keys of the results,
--   the documents
--
-- The others come as queue, tag and score of the claim of each; then, again for each:
--
-- - the number of its words that follow, so that a delivery whose lease was lost can be skipped
-- - `a` (done), or `r`, due or "" (given back), or `t`, priority, message, due or "" (replaced), or `d`, id, reason
--   (parked)
-- - how many results, its own first, and four words for each, see `record_all`
-- - steps of chords, see `take_steps`
-- - how many messages come next, and nine words for each, see `publish`
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: how many groups; the groups; how many others; the others
-- Result  three arrays: the positions (from 1, through the groups and then the others) of the lost ones; position,
--         unwritten part (`result`, `continuation`, or `place` if it cannot be put back) and reason, for each that is
--         held as before; alternating renamed keys and their new names
-- Atomic  each end is written completely or not at all: not if its lease was lost, nor if a key that it must write
--         holds another kind of value. All of its keys are checked before the first is written.
-- Errors  an error within one of the others is caught and reported as an unwritten `continuation`; what it wrote before
--         stays. An error elsewhere ends the script: ends that were written stay, and their leases may stay, so that
--         those messages come again.

-- @include prelude messages fence uniqueness publishing recording chordsOnDemand deadLetters

local ARGV = ARGV
local lost, unwritten = {}, {}
local has_deliveries = redis.call('TYPE', deliveries).ok == 'hash'
local has_renewed = redis.call('TYPE', renewed).ok == 'hash'

local function leave(number, what, why)
  unwritten[#unwritten + 1] = number
  unwritten[#unwritten + 1] = what
  unwritten[#unwritten + 1] = why
end

local function forget_deliveries(tag)
  redis.call('HDEL', deliveries, (string.gsub(tag, '%+%d+$', '')))
end

-- Removes words from a key. A key that holds another kind of value is left alone.
local function remove(command, key, words)
  for from = 1, #words, 4000 do
    redis.pcall(command, key, unpack(words, from, math.min(from + 3999, #words)))
  end
end

-- Ends the leases of a queue's messages.
local function let_go(queue, tags)
  if #tags == 0 then return end
  in_parts('ZREM', index, tags)
  remove('HDEL', unacked, tags)
  if has_renewed then in_parts('HDEL', renewed, tags) end
  remove('ZREM', leases_stem .. queue, tags)
end

local at, position = first + 1, 0

-- Ends a group. `with_results`: ARGV has state and span before the tags, and keys and documents after them.
local function end_group(with_results)
  local queue, mine, count = ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  at = at + 4
  local state, span
  if with_results then
    state, span = ARGV[at], ARGV[at + 1]
    at = at + 2
  end
  local scores = redis.call('ZMSCORE', index, unpack(ARGV, at, at + count - 1))
  local gone, _ = {}, nil
  for i = 0, count - 1 do
    local tag, score = ARGV[at + i], scores[i + 1]
    if score == mine or is_ours(tag, mine, score) then
      local problem
      if with_results then
        _, problem = record(ARGV[at + count + i], state, ARGV[at + 2 * count + i], span)
      end
      if problem then
        leave(position + i + 1, 'result', problem)
      else
        gone[#gone + 1] = tag
        if has_deliveries then forget_deliveries(tag) end
      end
    else
      lost[#lost + 1] = position + i + 1
    end
  end
  let_go(queue, gone)
  at = at + (with_results and 3 * count or count)
  position = position + count
end

for _ = 1, tonumber(ARGV[first]) do end_group(ARGV[at] == 'r') end

-- Returns the message of a lease, as we hold it; nil if we do not.
local function held(lease)
  local entry = redis.pcall('HGET', unacked, lease.tag)
  return type(entry) == 'string' and own_entry(entry) or nil
end

local verb_words = { a = 1, r = 2, t = 4, d = 3 }

-- Returns nil if a message can be put into its own queue again, otherwise the problem.
local function place_problem(queue, priority, due)
  local name = list(queue, step_of(tonumber(priority)))
  if not is_kind('list', name) then return misfit_words(name, 'list of messages') end
  if due ~= '' then
    clear_way('zset', delayed_stem .. queue)
    clear_way('string', sequence)
  end
  return nil
end

local step_words = { o = 5, e = 2, p = 6 }

-- Returns the position of the first argument after steps of chords.
local function after_steps(from)
  local count = tonumber(ARGV[from])
  if count == 0 then return from + 1 end
  from = from + 3
  for _ = 1, count do from = from + 2 + step_words[ARGV[from]] end
  return from
end

-- Returns which part of the end whose words begin at `at` cannot be written, and why; nil if all can.
local function obstacle(lease)
  local verb, from = ARGV[at], at + verb_words[ARGV[at]]
  if verb == 'r' then
    lease.raw = held(lease)
    if lease.raw then
      local _, _, _, priority = read(lease.raw, lease.queue)
      lease.priority = type(priority) == 'number' and priority or 0
      local problem = place_problem(lease.queue, lease.priority, ARGV[at + 1])
      if problem then return 'place', problem end
    end
  elseif verb == 't' then
    local problem = place_problem(lease.queue, ARGV[at + 1], ARGV[at + 3])
    if problem then return 'place', problem end
  elseif verb == 'd' then
    clear_way('zset', dead)
    clear_way('zset', dead_stem .. lease.queue)
    clear_way('hash', dead_messages)
  end
  local after = from + 1 + 4 * tonumber(ARGV[from])
  for key = from + 1, after - 1, 4 do
    if not is_kind('string', ARGV[key]) then return 'result', misfit_words(ARGV[key], 'result') end
  end
  local messages_at = after_steps(after)
  local problem = hindrance(messages_at + 1, tonumber(ARGV[messages_at]), clear_way)
  if problem then return 'continuation', problem end
  return nil
end

-- Passes the keys of a message on to its next attempt.
local function hand_on(queue, raw)
  local tag = own_tag(raw)
  if not string.find(tag, '.', 1, true) then return end
  for span, digest, nonce in string.gmatch(tag, '~([sdb])(%x+)%.(%x+)') do
    local key = unique_stem .. digest
    if holds(key, nonce) then
      if span == 'b' then
        redis.call('SET', key, nonce .. ':' .. queue .. '\n' .. raw, 'XX', 'KEEPTTL')
      else
        local id = string.sub(redis.call('GET', key), #nonce + 2)
        redis.call('SET', unique_stem .. 'of:' .. id, tag, 'XX', 'KEEPTTL')
      end
    end
  end
end

local function end_lease(lease)
  local verb = ARGV[at]
  if verb == 'a' then
    free(lease.tag, 'sd')
  elseif verb == 'r' then
    if lease.raw then
      put(lease.queue, lease.priority, lease.raw, ARGV[at + 1], true, string.find(lease.tag, '~f', 1, true))
    end
  elseif verb == 't' then
    put(lease.queue, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], false)
    hand_on(lease.queue, ARGV[at + 2])
  else
    local raw = held(lease)
    local lapses = has_deliveries and count_of(redis.call('HGET', deliveries, lease.tag)) or 0
    if raw then
      bury(dead, dead_stem .. lease.queue, dead_messages, ARGV[at + 1], lease.queue, ARGV[at + 2],
        string.format('%.6f', now / 1000000), lapses + 1, raw, true)
    end
    free(lease.tag, 'sd')
  end
  at = at + verb_words[verb]
  if has_deliveries and verb ~= 'r' then forget_deliveries(lease.tag) end
  at = take_steps_on_demand(record_all(at))
  publish(at + 1, tonumber(ARGV[at]))
end

-- Ends one lease completely, or leaves it. A lease that must not be written, or that fails with an error, does not
-- prevent the others from being ended.
local function try_to_end(lease, number)
  local what, why = obstacle(lease)
  if what then return leave(number, what, why) end
  local is_done, problem = pcall(end_lease, lease)
  if not is_done then
    return leave(number, 'continuation', type(problem) == 'table' and problem.err or tostring(problem))
  end
  return true
end

local count = tonumber(ARGV[at])
local leases = count > 0 and fenced(at + 1, count) or {}
local of_queue = {}
at = at + 1 + 3 * count
for i, lease in ipairs(leases) do
  local after = at + 1 + tonumber(ARGV[at])
  if not lease.is_ours then
    lost[#lost + 1] = position + i
  else
    at = at + 1
    if try_to_end(lease, position + i) then
      of_queue[lease.queue] = of_queue[lease.queue] or {}
      table.insert(of_queue[lease.queue], lease.tag)
    end
  end
  at = after
end
for queue, tags in pairs(of_queue) do let_go(queue, tags) end
send_hints()
return { lost, unwritten, renamed_keys }
