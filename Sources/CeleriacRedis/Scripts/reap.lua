-- REAP: gives back messages whose leases have lapsed.
--
-- It gives back our own, and those of Python's that nobody has renewed within the visibility timeout. As in kombu, the
-- oldest one ends up nearest to the consumers. A lease that ends more than a day ahead is cut to five minutes. A
-- message that cannot be placed stays held, and so does one that its sender addressed to a reserved name.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the visibility timeout in microseconds; the number of patterns of reserved names, and the
--         patterns; names of queues
-- Result  an array: how many of ours came back; how many of Python's; how many could not be placed; alternating skipped
--         keys and the kinds that they hold; alternating renamed keys and their new names
-- Atomic  one step; a run that has read 16 MiB leaves the rest to the next one
-- Errors  an entry is deleted after its message was put back, so an error loses none but may repeat one

-- @include prelude messages restoring

local ours, theirs, stuck = 0, 0, 0
local last_pattern = first + 1 + tonumber(ARGV[first + 1])
-- A lease that ends more than a day ahead was granted by a clock that ran ahead. If its holder is alive, it renews the
-- lease meanwhile.
local day, patience = 86400 * 1000000, 300 * 1000000
for argument = last_pattern + 1, #ARGV do
  local leases = leases_stem .. ARGV[argument]
  for _, tag in ipairs(read_set('ZRANGEBYSCORE', leases, whole(instant + day), '+inf', 'LIMIT', 0, 1000)) do
    redis.call('ZADD', leases, whole(instant + patience), tag)
  end
end
for argument = last_pattern + 1, #ARGV do ours = ours + restore_lapsed(ARGV[argument], 1000) end

-- Whether one of our consumers holds the message. Then its lease decides.
local function is_leased(tag)
  for argument = last_pattern + 1, #ARGV do
    local leases = leases_stem .. ARGV[argument]
    if is_kind('zset', leases) and redis.call('ZSCORE', leases, tag) then return true end
  end
  return false
end

-- Whether a key matches a binding, read as kombu does: `*` is one word, `#` any text.
local function fits(binding, key)
  local parts = {}
  for word in string.gmatch(binding .. '.', '(.-)%.') do
    if word == '*' then
      word = '[^.]+'
    elseif word == '#' then
      word = '.-'
    else
      word = string.gsub(word, '[^%w]', '%%%0')
    end
    parts[#parts + 1] = word
  end
  return string.find(key, '^' .. table.concat(parts, '%.') .. '$') ~= nil
end

-- `^` marks a beginning, `$` an end, `=` a whole name.
local function is_reserved(queue)
  for argument = first + 2, last_pattern do
    local kind, text = string.sub(ARGV[argument], 1, 1), string.sub(ARGV[argument], 2)
    if kind == '=' and queue == text or kind == '^' and string.sub(queue, 1, #text) == text
      or kind == '$' and #queue >= #text and string.sub(queue, -#text) == text then return true end
  end
  return false
end

-- Returns the queues that a message of Python's came from, or may have come from. Members hold a key, a regular
-- expression (for topic exchanges) and a queue.
local function origins(exchange, key)
  if exchange == '' then return is_reserved(key) and {} or { key } end
  local found, binding_key = {}, list_stem .. '_kombu.binding.' .. exchange
  if not is_kind('set', binding_key) then return found end
  for _, member in ipairs(redis.call('SMEMBERS', binding_key)) do
    local stop, after = string.find(member, separator, 1, true)
    local middle, from = nil, nil
    if stop then middle, from = string.find(member, separator, after + 1, true) end
    if middle then
      local binding, has_pattern = string.sub(member, 1, stop - 1), middle > after + 1
      local queue = string.sub(member, from + 1)
      if (binding == key or (has_pattern and fits(binding, key))) and not is_reserved(queue) then
        found[#found + 1] = queue
      end
    end
  end
  return found
end

local function restore(tag)
  local entry = redis.call('HGET', unacked, tag)
  if not entry then return redis.call('ZREM', index, tag) and 0 end
  local raw, exchange, key = string.match(entry, '^%[(.*), ?"([^"\\]*)", ?"([^"\\]*)"%s?%]$')
  local found = raw and origins(exchange, key) or {}
  if #found == 0 then return nil end
  spent = spent + #raw
  local places = {}
  for i, queue in ipairs(found) do
    places[i] = place_of(raw, queue)
    if not places[i] then return nil end
  end
  give_back(tag, raw, places)
  return 1
end

local silent = string.format('%.6f', (now - tonumber(ARGV[first])) / 1000000)
local tags = redis.call('ZRANGEBYSCORE', index, '-inf', silent, 'LIMIT', 0, 1000)
for i = #tags, 1, -1 do
  if spent < share and not is_leased(tags[i]) then
    local restored = restore(tags[i])
    theirs = theirs + (restored or 0)
    if not restored then stuck = stuck + 1 end
  end
end
send_hints()
return { ours, theirs, stuck, misfits, renamed_keys }
