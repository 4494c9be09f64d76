-- BEAT: writes a worker's status line.
--
-- A worker that is not listed, or has died, is born (RQ 3.0.0, `worker/base.py`, `register_birth`); a living worker
-- keeps its counters. It is removed from the sets of queues that it no longer serves. It is busy while it holds a job,
-- whatever the fields say.
--
-- KEYS    none
-- ARGV    after the heading: name; how many seconds the line lasts; how many queues, the queues; how many words of the
--         fields that are written at the birth, the words; the fields of each heartbeat
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves a line that the next heartbeat corrects

-- @include prelude

local name, ttl, count = ARGV[first], ARGV[first + 1], tonumber(ARGV[first + 2])
local key = worker_stem .. name
local birth = first + 4 + count
local beat = birth + ARGV[birth - 1]
local lives = redis.call('HMGET', key, 'birth', 'death', 'queues')
for queue in string.gmatch(lives[3] or '', '[^,]+') do
  redis.call('SREM', prefix .. ':workers:' .. queue, key)
end
if not lives[1] or lives[2] then
  redis.call('DEL', key)
  redis.call('HSET', key, unpack(ARGV, birth, beat - 1))
end
redis.call('SADD', prefix .. ':workers', key)
for i = first + 3, first + 2 + count do redis.call('SADD', prefix .. ':workers:' .. ARGV[i], key) end
redis.call('HSET', key, unpack(ARGV, beat, #ARGV))
if redis.call('SCARD', key .. ':executions') > 0 then redis.call('HSET', key, 'state', 'busy') end
redis.call('EXPIRE', key, ttl)
redis.call('EXPIRE', key .. ':executions', ttl)
