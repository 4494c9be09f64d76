-- The fence. A delivery is ours as long as the index has the score that our claim, or a renewal of that claim, wrote.
-- Python's claims write other scores, and so do our other claims.
--
-- Needs   prelude

local function renewal_of(tag)
  local renewal = redis.pcall('HGET', renewed, tag)
  return type(renewal) == 'string' and renewal or ''
end

local function is_ours(tag, mine, score)
  if not score then return false end
  if tonumber(score) == tonumber(mine) then return true end
  local claimed, current = string.match(renewal_of(tag), '^(%S+) (%S+)$')
  return claimed == mine and tonumber(current) == tonumber(score)
end

-- Reads `count` triples of queue, tag and score; returns them, each with whether it is still ours.
local function fenced(from, count)
  local tags, leases = {}, {}
  for i = 1, count do
    local at = from + 3 * (i - 1)
    leases[i] = { queue = ARGV[at], tag = ARGV[at + 1], mine = ARGV[at + 2] }
    tags[i] = ARGV[at + 1]
  end
  local scores = redis.call('ZMSCORE', index, unpack(tags))
  for i, lease in ipairs(leases) do lease.is_ours = is_ours(lease.tag, lease.mine, scores[i]) end
  return leases
end
