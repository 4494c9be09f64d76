-- How held messages come back, and how delayed messages become ready.
--
-- A message is written to its new place before it leaves the old one: an error in between loses no message, but may
-- repeat one.
--
-- Needs   prelude, messages

-- @include uniqueness deadLetters

-- Makes a message of a queue a dead letter. `id`: the id of its call, or nil.
local function park(queue, id, reason, claims, raw)
  clear_way('zset', dead_stem .. queue)
  bury(dead, dead_stem .. queue, dead_messages, id, queue, reason, string.format('%.6f', now / 1000000), claims, raw)
end

-- Returns the unique tag that a message had when it was published.
local function base_of(tag) return (string.gsub(tag, '%+%d+$', '')) end

-- Counts a lapsed lease of a message. Returns how many leases of it have lapsed.
local function count_lapse(tag)
  tag = base_of(tag)
  local count = count_of(redis.call('HGET', deliveries, tag)) + 1
  redis.call('HSET', deliveries, tag, whole(count) .. ' ' .. whole(now / 1000000))
  return count
end

-- Puts back a message that nobody holds any longer, or parks it if it was claimed too often without being settled. Its
-- entry is deleted last: an error in between loses nothing.
local function give_back(tag, raw, places)
  redis.call('ZREM', index, tag)
  redis.call('HDEL', renewed, tag)
  local count = count_lapse(tag)
  if count >= most_lapses then
    local reason = 'it was claimed ' .. whole(count) .. ' times and never settled'
    park(places[1].queue, id_of(raw), reason, count, raw)
    redis.call('HDEL', deliveries, base_of(tag))
    free(tag, 'sd')
  else
    for _, place in ipairs(places) do
      redis.call('RPUSH', list(place.queue, place.step), raw)
      hint(place.queue, place.step)
    end
  end
  redis.call('HDEL', unacked, tag)
end

-- Returns the place that a message comes back to; nil if that list holds another kind of value.
local function place_of(raw, queue)
  local step = step_of_message(raw, queue)
  local name = list(queue, step)
  if is_kind('list', name) then return { queue = queue, step = step } end
  note_misfit(name)
  blocked[queue] = true
  return nil
end

-- Gives back the messages of a queue that we hold under lapsed leases. They go to the end that is served next, the one
-- claimed first at the very end. An entry that is no longer ours only loses its lease. Returns how many came back.
local function restore_lapsed(queue, most)
  local leases = leases_stem .. queue
  local lapsed = read_set('ZRANGEBYSCORE', leases, '-inf', whole(instant), 'LIMIT', 0, most)
  local restored = 0
  for i = #lapsed, 1, -1 do
    if spent >= share then break end
    local tag = lapsed[i]
    local raw = own_entry(redis.call('HGET', unacked, tag))
    local place = raw and place_of(raw, queue)
    if place then
      spent = spent + #raw
      give_back(tag, raw, { place })
      restored = restored + 1
    end
    if place or not raw then redis.call('ZREM', leases, tag) end
  end
  return restored
end

-- Moves one delayed message to its list. Returns whether it could.
local function promote_one(queue, member)
  local _, colon, priority, front = string.find(member, '^%d+:(%d+)(%^?):')
  if not colon then return true end
  local step = step_of(tonumber(priority))
  local name = list(queue, step)
  if not is_kind('list', name) then
    note_misfit(name)
    return false
  end
  redis.call(front == '^' and 'RPUSH' or 'LPUSH', name, string.sub(member, colon + 1))
  hint(queue, step)
  return true
end

-- Moves due messages to their lists, behind the waiting ones; those that belong at the front, before them. Stops at a
-- message whose list holds another kind of value.
local function promote(queue, most)
  local delayed, part = delayed_stem .. queue, 8
  while most > 0 and spent < share do
    local asked = math.min(part, most)
    local due = read_set('ZRANGEBYSCORE', delayed, '-inf', whole(now), 'LIMIT', 0, asked)
    local moved = 0
    for _, member in ipairs(due) do
      if not promote_one(queue, member) then
        blocked[queue] = true
        break
      end
      spent = spent + #member
      moved = moved + 1
    end
    if moved > 0 then redis.call('ZREMRANGEBYRANK', delayed, 0, moved - 1) end
    if moved < asked then return end
    most, part = most - moved, math.min(2 * part, 64)
  end
end
