-- RENEW: extends leases.
--
-- The new score keeps kombu from restoring the message.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the lease in microseconds; how many seconds a unique key lasts; then queue, tag and score
--         of the claim of each
-- Result  the positions (from 1) of the leases that are lost
-- Atomic  all in one step
-- Errors  an error leaves the leases extended that came before it, and changes none of the others

-- @include prelude fence

local span, unique_span = tonumber(ARGV[first]), ARGV[first + 1]
local leases = fenced(first + 2, (#ARGV - first - 1) / 3)
local score = next_score()
local lost = {}
for i, lease in ipairs(leases) do
  if lease.is_ours then
    -- In this order: if the second command fails, the first has changed nothing.
    redis.call('HSET', renewed, lease.tag, lease.mine .. ' ' .. score)
    redis.call('ZADD', index, score, lease.tag)
    redis.call('ZADD', leases_stem .. lease.queue, whole(instant + span - #leases + i), lease.tag)
    local digest = string.match(lease.tag, '~d(%x+)%.')
    if digest then redis.call('EXPIRE', unique_stem .. digest, unique_span) end
  else
    lost[#lost + 1] = i
  end
end
return lost
