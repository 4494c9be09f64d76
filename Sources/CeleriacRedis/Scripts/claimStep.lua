-- CLAIM STEP: reserves a step of the schedule for a beat that publishes through another broker.
--
-- KEYS    the states of entries; the claim of this entry
-- ARGV    name; revision; the last tick that was read, or "-"; whether the step is one of ticks; the beat that claims;
--         the time; how long the claim lasts. Times are in microseconds
-- Result  1 if that beat now holds the step, else 0. The claim is `revision last-tick time beat`
-- Atomic  one step; repeating it by the same beat renews the claim
-- Errors  WRONGTYPE, with the name of the key: nothing was written

local name, revision, before, of_ticks, beat, time, lease = unpack(ARGV)
local line = redis.call('HGET', KEYS[1], name)
if not line then return 0 end
local current, paused, tick = string.match(line, '^(%S+) (%S+) %S+ ([^; ]*)')
if current ~= revision then return 0 end
if of_ticks == '0' then return 1 end
if paused ~= '0' or tick ~= before then return 0 end
local held, after, at, holder = string.match(redis.call('GET', KEYS[2]) or '', '^(%S+) (%S+) (%S+) (.*)$')
if held == revision and after == before and holder ~= beat and math.abs(time - at) < tonumber(lease) then
  return 0
end
redis.call('SET', KEYS[2], table.concat({ revision, before, time, beat }, ' '), 'EX', 3600)
return 1
