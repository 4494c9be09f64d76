-- MARK STEP: records that a claimed step of the schedule was published through another broker.
--
-- KEYS    the states of entries; the claim of this entry
-- ARGV    name; revision; the last tick that was read, or "-"; the new last tick with all ticks that have been dealt
--         with, or "" to keep them; the time; how many calls were published elsewhere; the last of them, or "-"
-- Result  1 if it was recorded, 0 if the entry is not as the step expects it
-- Atomic  all of it or nothing
-- Errors  WRONGTYPE, with the name of the key: nothing was written

local name, revision, before, through, time, count, last = unpack(ARGV)
local line = redis.call('HGET', KEYS[1], name)
if not line then return 0 end
local pattern = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (.*)$'
local current, paused, seen, tick, runs, published, call = string.match(line, pattern)
if current ~= revision then return 0 end
if through == '' then
  through = tick
elseif paused ~= '0' or string.match(tick, '^[^;]*') ~= before then
  return 0
else
  redis.call('DEL', KEYS[2])
end
if count ~= '0' then
  runs, published, call = string.format('%.0f', runs + count), time, last
end
redis.call('HSET', KEYS[1], name, table.concat({ current, paused, seen, through, runs, published, call }, ' '))
return 1
