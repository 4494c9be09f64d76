-- STEP: takes a step of the schedule: advances an entry's last tick and publishes its calls.
--
-- KEYS    as in Fragments/prelude.lua, then those of `RedisKeys.schedule`
-- ARGV    after the heading: name; revision; the last tick that was read, or "-"; the new last tick with all ticks that
--         have been dealt with, or "" to keep them; the time; how many messages; then nine words for each, see
--         `publish`
-- Result  nothing if the entry is not as the step expects it, otherwise the result of `publish`
-- Atomic  all of it or nothing
-- Errors  WRONGTYPE, with the name of the key: nothing was written

-- @include prelude messages publishing

local states = KEYS[#KEYS - 1]
local name, revision, before, through, time = unpack(ARGV, first, first + 4)
local line = redis.call('HGET', states, name)
if not line then return nil end
local pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.*)$'
local current, paused, seen, tick, runs, published, call = string.match(line, pattern)
if current ~= revision then return nil end
if through == '' then
  through = tick
elseif paused ~= '0' or string.match(tick, '^[^;]*') ~= before then
  return nil
end

local count, messages_at = tonumber(ARGV[first + 5]), first + 6
local problem = hindrance(messages_at, count)
if problem then return redis.error_reply(problem) end
local _, refused = publish(messages_at, count)
local is_refused = {}
for i = 1, #refused, 2 do is_refused[refused[i]] = true end
for i = 1, count do
  if not is_refused[i] then
    runs, published = whole(runs + 1), time
    local queue, raw = ARGV[messages_at + 9 * (i - 1)], ARGV[messages_at + 9 * (i - 1) + 2]
    call = id_of(raw) or '-'
    local digest, nonce = string.match(own_tag(raw), '~b(%x+)%.(%x+)')
    -- Kept for 400 days, so that only an entry with a longer pause between ticks could outlast it.
    if digest then
      redis.call('SET', unique_stem .. digest, nonce .. ':' .. queue .. '\n' .. raw, 'EX', 34560000)
    end
  end
end
redis.call('HSET', states, name, table.concat({ current, paused, seen, through, runs, published, call }, ' '))
send_hints()
return refused
