-- REPLY: puts a reply into the list that the asker has opened. It expires after a minute in case the asker is gone.
--
-- Anybody may bind another queue to the exchange. A queue whose name is not that of a reply queue receives no reply,
-- and its expiry is never set.
--
-- KEYS    1 the bindings of the exchange
-- ARGV    1 the routing key   2 kombu's separator   3 the prefix of keys   4 the reply   5 the ending of the names of
--         reply queues
-- Result  nothing
-- Atomic  one step
-- Errors  an error does not undo the replies before it

local key, separator, ending = ARGV[1], ARGV[2], ARGV[5]
local start = key .. separator
for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if string.sub(member, 1, #start) == start then
    local _, stop = string.find(member, separator, #start + 1, true)
    local name = stop and string.sub(member, stop + 1) or ''
    if #name > #ending and string.sub(name, -#ending) == ending then
      local queue = ARGV[3] .. name
      redis.call('LPUSH', queue, ARGV[4])
      redis.call('PEXPIRE', queue, 60000)
    end
  end
end
