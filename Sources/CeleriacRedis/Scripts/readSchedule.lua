-- READ SCHEDULE: reads one entry of the schedule, or all entries.
--
-- KEYS    as in `RedisKeys.schedule`
-- ARGV    the name of an entry, or nothing for all
-- Result  the generation; alternating names and entries; alternating names and state lines
-- Atomic  a snapshot of one instant
-- Errors  only the server's own; it writes nothing

local generation = redis.call('GET', KEYS[3]) or '0'
local name = ARGV[1]
if not name then return { generation, redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]) } end
local entry, line = redis.call('HGET', KEYS[1], name), redis.call('HGET', KEYS[2], name)
if not entry then return { generation, {}, {} } end
return { generation, { name, entry }, { name, line or '' } }
