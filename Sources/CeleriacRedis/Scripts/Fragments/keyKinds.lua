-- What becomes of a key that holds another kind of value than it should, since a stranger wrote it.
--
-- A list of messages is left alone: it may be somebody's data, and only its queue suffers. A key of ours or of kombu's
-- bookkeeping is renamed: nothing of ours can lie in it, and without it nobody could be served.
--
-- Needs   `quoted`

-- @include asiding

-- Keys that are in the way, and of which kind they are, in turn; keys that were renamed, and their new names, in turn.
local misfits, renamed_keys = {}, {}
-- Queues in which something had to stay where it is.
local blocked = {}
local kinds = {}

-- Whether a key can be used as a kind of value. A missing key counts as that kind from then on.
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

-- Words for a key that should hold another kind of value.
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

-- Reads a sorted set of ours. Another kind of value is put out of the way first.
local function read_set(command, key, ...)
  local found = redis.pcall(command, key, ...)
  if not found.err then return found end
  clear_way('zset', key)
  return redis.call(command, key, ...)
end
