-- Puts messages into lists, or into the sorted sets of delayed messages.
--
-- Needs   prelude

-- Whether one of our workers is alive. Each of them moves the due messages of all queues.
local mover_lives
local function has_mover()
  if mover_lives == nil then
    -- A line that expires more than a day from now was written by a clock that ran ahead.
    local from, to = string.format('(%.6f', now / 1000000), string.format('%.6f', now / 1000000 + 86400)
    mover_lives = redis.call('ZRANGEBYSCORE', workers, from, to, 'LIMIT', 0, 1)[1] ~= nil
  end
  return mover_lives
end

-- Delayed messages are ordered by due time, then by number.
local function delay(queue, priority, raw, due, at_front)
  local key = delayed_stem .. queue
  local number = redis.call('INCR', sequence)
  local member = string.format('%016.0f:%d%s:', number, priority, at_front and '^' or '') .. raw
  redis.call('ZADD', key, due, member)
  local digest, nonce = string.match(own_tag(raw), '~b(%x+)%.(%x+)')
  if digest then
    local span = math.max(0, math.floor((due - now) / 1000000)) + 86400
    redis.call('SET', unique_stem .. digest .. '.' .. nonce, string.sub(member, 1, #member - #raw), 'EX', span)
  end
  if redis.call('ZRANGE', key, 0, 0)[1] == member then hint(queue, nil) end
end

local function push(queue, priority, raw, end_served_first)
  local step = step_of(priority)
  redis.call(end_served_first and 'RPUSH' or 'LPUSH', list(queue, step), raw)
  hint(queue, step)
end

-- `due`: microseconds, or "" for at once. `end_served_first`: put before its peers now. `at_front`: put there once due.
local function put(queue, priority, raw, due, end_served_first, at_front)
  priority = tonumber(priority)
  if due ~= '' and tonumber(due) > now then return delay(queue, priority, raw, due, at_front) end
  push(queue, priority, raw, end_served_first)
end

-- Returns why messages cannot be put where ARGV says, see `publish`; nil if they can. Call it before anything is
-- written. `ensure`: how to handle a key of ours, by default `demand`.
local function hindrance(at, count, ensure)
  ensure = ensure or demand
  for place = at, at + 9 * (count - 1), 9 do
    local queue = ARGV[place]
    local name = list(queue, step_of(tonumber(ARGV[place + 1])))
    if not is_kind('list', name) then return misfit_words(name, 'list of messages') end
    if ARGV[place + 4] ~= '' then
      ensure('zset', delayed_stem .. queue)
      ensure('string', sequence)
      if ARGV[place + 8] == '1' then ensure('zset', workers) end
    end
    local unique = unique_stem .. ARGV[place + 5]
    if ARGV[place + 5] ~= '' and not is_kind('string', unique) then return misfit_words(unique, 'string') end
  end
  return nil
end

-- Publishes messages from ARGV, nine words for each: queue; priority; message; 1 for the front; due or ""; key of a
-- unique claim or ""; its value; its duration in seconds; 1 if workers obey the message's eta. Such a message goes to
-- them at once if nobody would move it when it is due. Returns the next argument, and the position (from 1) of each
-- refused message, followed by the id of the call that holds its key.
local function publish(at, count)
  local refused = {}
  for i = 1, count do
    local queue, priority, raw, front, due, claim, holder, span, is_heeded = unpack(ARGV, at, at + 8)
    at = at + 9
    local is_free = claim == '' or redis.call('SET', unique_stem .. claim, holder, 'NX', 'EX', span)
    if is_free then
      if claim ~= '' then
        redis.call('SET', unique_stem .. 'of:' .. string.match(holder, '^%x*:(.*)$'), own_tag(raw), 'EX', span)
      end
      priority, front = tonumber(priority), front == '1'
      local is_later = due ~= '' and tonumber(due) > now
      if is_later and (is_heeded ~= '1' or has_mover()) then
        delay(queue, priority, raw, due, front)
      else
        push(queue, priority, raw, front)
      end
    else
      refused[#refused + 1] = i
      refused[#refused + 1] = string.match(redis.call('GET', unique_stem .. claim), '^%x*:(.*)$') or ''
    end
  end
  return at, refused
end
