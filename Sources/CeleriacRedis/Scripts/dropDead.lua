-- DROP DEAD: deletes the oldest dead letters of queues that exceed their limits. The newest letter stays.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the key of the bytes by queue, and the key of the counts of dropped letters; the most
--         letters of a queue, and the most bytes; names of queues
-- Result  how many were dropped from each queue, at most 1,000 in a call
-- Atomic  one step; repeating it is harmless
-- Errors  an error may leave letters dropped that are not counted yet

-- @include prelude digging

local bytes, counts = ARGV[first], ARGV[first + 1]
local most, most_bytes = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
local dropped = {}
for i = first + 4, #ARGV do
  local queue, fallen = ARGV[i], 0
  local of_queue = dead_stem .. queue
  local count, size = redis.call('ZCARD', of_queue), tonumber(redis.call('HGET', bytes, queue)) or 0
  while count > 1 and (count > most or size > most_bytes) and fallen < 1000 do
    local id = redis.call('ZRANGE', of_queue, 0, 0)[1]
    size = size - redis.call('HSTRLEN', dead_messages, id)
    dig_up(id, '')
    -- A letter without a document, or with a document that names another queue.
    redis.call('ZREM', of_queue, id)
    count, fallen = count - 1, fallen + 1
  end
  if fallen > 0 then redis.call('HINCRBY', counts, queue, fallen) end
  dropped[#dropped + 1] = fallen
end
return dropped
