-- How scripts treat keys that hold another kind of value than they should, because somebody else wrote them.
--
-- A list of messages is left alone: it may be somebody's data, and only its queue suffers. A bookkeeping key of ours or
-- of kombu is renamed: it cannot hold data of ours, and no queue could be served while it is in the way.
--
-- Needs   `quoted`

-- @include asiding

-- Alternating keys that are in the way and their kinds; alternating renamed keys and their new names.
local misfits, renamed_keys = {}, {}
-- Queues with a message that could not be moved.
local blocked = {}
local kinds = {}

-- Whether a key can be used as a kind of value. From then on a missing key counts as that kind.
local function is_kind(kind, key)
  local there = kinds[key]
  if not there then
    there = redis.call('TYPE', key).ok
    if there == 'none' then there = kind end
    kinds[key] = there
  end
  return there == kind
end

local noted = {}
local function note_misfit(key)
  if noted[key] then return end
  noted[key] = true
  misfits[#misfits + 1] = key
  misfits[#misfits + 1] = redis.call('TYPE', key).ok
end

-- The error text for a key that should hold another kind of value.
local function misfit_words(key, kind)
  return 'WRONGTYPE key "' .. quoted(key) .. '" holds a ' .. redis.call('TYPE', key).ok .. ', not a ' .. kind
    .. '; rename it or delete it'
end

local probes = { zset = 'ZCARD', hash = 'HLEN', string = 'STRLEN', list = 'LLEN', set = 'SCARD' }
-- Fails if a key holds another kind of value; the caller then runs CLEAR and tries again.
local function demand(kind, key) redis.call(probes[kind], key) end

local function clear_way(kind, key)
  if is_kind(kind, key) then return end
  renamed_keys[#renamed_keys + 1] = key
  renamed_keys[#renamed_keys + 1] = set_aside(key)
  kinds[key] = nil
end

-- Reads a sorted set of ours. A key that holds another kind of value is renamed first.
local function read_set(command, key, ...)
  local found = redis.pcall(command, key, ...)
  if not found.err then return found end
  clear_way('zset', key)
  return redis.call(command, key, ...)
end
