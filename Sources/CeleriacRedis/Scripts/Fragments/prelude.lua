-- Names the keys and the heading, and holds what nearly every script needs.
--
-- KEYS    `RedisKeys.shared`: unacked, unacked_index, last, renewed, deliveries, revoked, sequence, queues, dead,
--         dead.messages, workers, paused
-- ARGV    1 the wall clock in microseconds, or "" for the server's own   2 the clock of leases, if 1 is given
--         3 kombu's separator   4 the priority steps, "0,3,6,9"   5 to 11 `RedisKeys.stems`
--         12 the largest message in bytes   13 after how many lapsed leases a message becomes a dead letter
--         The script's own arguments begin at ARGV[first].
-- Needs   nothing
-- Errors  none; it writes nothing by itself

local unacked, index, last, renewed, deliveries, revoked, sequence, queues, dead, dead_messages, workers, gate =
  unpack(KEYS)
local separator, list_stem, leases_stem, delayed_stem = ARGV[3], ARGV[5], ARGV[6], ARGV[7]
local wake_stem, push_stem, dead_stem, unique_stem = ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local largest, most_lapses = tonumber(ARGV[12]), tonumber(ARGV[13])
local first = 14

local now, instant = tonumber(ARGV[1]), tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
  instant = now
end

local steps = {}
for step in string.gmatch(ARGV[4], '%d+') do steps[#steps + 1] = tonumber(step) end

local function list(queue, step)
  if step == 0 then return list_stem .. queue end
  return list_stem .. queue .. separator .. step
end

-- Returns the step of a priority: the largest step that is not above it.
local function step_of(priority)
  local best = steps[1]
  for _, step in ipairs(steps) do
    if step <= priority then best = step end
  end
  return best
end

local function whole(number) return string.format('%.0f', number) end

-- Returns the count at the beginning of a text. It is limited, because anybody may have written it.
local function count_of(text) return math.min(1000000000, tonumber(string.match(text or '', '^%d+')) or 0) end

-- Returns a pause in microseconds, limited to 0 through 1e15 (about thirty years).
local function pause_until(micros) return math.max(0, math.min(1e15, micros)) end

-- Returns a text for use within JSON quotes: quotes, backslashes and control characters are escaped.
local function quoted(text)
  return (string.gsub(text, '[%c"\\]', function(c) return string.format('\\u%04x', string.byte(c)) end))
end

-- @include keyKinds

-- The bytes of messages that this run has read. A message that must be decoded counts eight times. A run that has read
-- its share leaves the rest to the next run, so that other clients are served in between.
local spent, share = 0, 16777216

-- Returns a function that writes `base + n` for small n. Writing one large number costs more than everything else that
-- a script does for a message.
local function ticking(base)
  local high = math.floor(base / 10000)
  local low, text = base - high * 10000, whole(high)
  return function(n)
    local digits = low + n
    if digits >= 10000 then return whole(base + n) end
    return text .. string.format('%04d', digits)
  end
end

-- Returns the tag of our own message, or "".
local function own_tag(raw)
  return string.match(string.sub(raw, 1, 320), '^{"properties":{"delivery_tag":"([^"\\]+)"') or ''
end

-- Returns a score for the index, in seconds. Each score is given only once in this database.
local function next_score()
  local latest = tonumber(redis.call('GET', last) or 0) or 0
  local score = now
  if score <= latest then score = latest + 1 end
  redis.call('SET', last, whole(score))
  return string.format('%.0f.%06.0f', math.floor(score / 1000000), score % 1000000)
end

-- Calls a variadic command with any number of words, in parts; returns the sum of the answers.
local function in_parts(command, key, words)
  local sum = 0
  for from = 1, #words, 4000 do
    sum = sum + redis.call(command, key, unpack(words, from, math.min(from + 3999, #words)))
  end
  return sum
end

local hints = {}
local function hint(queue, step)
  hints[(step == steps[1] and push_stem or wake_stem) .. queue] = true
end
-- Hints are optional: if channels are forbidden, a waiting consumer sees the message a little later.
local function send_hints()
  for channel in pairs(hints) do redis.pcall('PUBLISH', channel, '') end
end
