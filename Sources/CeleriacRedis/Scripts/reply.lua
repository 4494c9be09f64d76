-- REPLY: puts a reply into the list that the asker has opened, where it stays for a minute should the asker be gone.
--
-- Anyone may bind another queue to the exchange. A queue that is not named like a reply queue gets nothing, and never
-- an expiry.
--
-- KEYS    1 the bindings of the exchange
-- ARGV    1 the routing key   2 kombu's separator   3 the prefix of keys   4 the reply   5 how names of reply queues
--         end
-- Result  nothing
-- Atomic  one step
-- Errors  an error leaves the replies before it written

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
