-- LOOK: shows ready messages of a queue in the order of claims.
--
-- First it gives back lapsed messages and moves due ones, as a claim would.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; how many messages to skip; the most to show
-- Result  the messages: fewer than asked for once they reach 16 MiB, but at least one if there is one
-- Atomic  a snapshot of one instant
-- Errors  as those of Fragments/restoring.lua: no message is lost

-- @include prelude messages restoring

local queue, offset, limit = ARGV[first], tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2])
restore_lapsed(queue, 1000)
promote(queue, 1000)
local found, size = {}, 0

-- Shows messages of one list from a place on, a few at first, because their sizes are unknown.
local function show(name, length)
  local part = 8
  while offset < length and limit > 0 and size < share do
    local raws = redis.call('LRANGE', name, -(offset + math.min(part, limit)), -1 - offset)
    for i = #raws, 1, -1 do
      if limit > 0 and (size < share or #found == 0) then
        found[#found + 1] = raws[i]
        size, offset, limit = size + #raws[i], offset + 1, limit - 1
      end
    end
    part = math.min(2 * part, 64)
  end
  offset = math.max(0, offset - length)
end

for _, step in ipairs(steps) do
  local name = list(queue, step)
  if is_kind('list', name) and limit > 0 and size < share then show(name, redis.call('LLEN', name)) end
end
send_hints()
return found
