-- STAND: reports whether the last call of an entry is not over: it waits, runs, or waits for its next attempt.
--
-- The process that ends the call deletes the key. A Python worker does not, so the message is looked up where it was
-- put: by its tag if it is held, by its bytes if it is delayed or ready. Python gives messages back with other bytes,
-- to the end of a list that is served first.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the digest of an entry; the id of its last call
-- Result  1 or 0
-- Atomic  a snapshot of one instant; it deletes the key of a call that is over
-- Errors  WRONGTYPE if a key holds another kind of value: nothing was changed

-- @include prelude messages

local key, id = unique_stem .. ARGV[first], ARGV[first + 1]
local nonce, queue, raw = string.match(redis.call('GET', key) or '', '^(%x+):([^\n]*)\n(.*)$')
if not nonce or id_of(raw) ~= id then return 0 end
local tag, _, _, priority = read(raw, queue)
if redis.call('HEXISTS', unacked, tag) == 1 then return 1 end
local before = redis.call('GET', key .. '.' .. nonce)
if before and redis.call('ZSCORE', delayed_stem .. queue, before .. raw) then return 1 end
local name = list(queue, step_of(priority))
if redis.call('LPOS', name, raw) then return 1 end

for _, other in ipairs({ name, list(queue, steps[1]) }) do
  for _, message in ipairs(redis.call('LRANGE', other, -1000, -1)) do
    if string.find(message, id, 1, true) and id_of(message) == id then return 1 end
  end
end
redis.call('DEL', key, key .. '.' .. nonce)
return 0
