-- FIND: looks for a call among the ready messages of a queue.
--
-- It searches from the newest message to the one that is served next, so that a claim meanwhile cannot hide a message.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; an id; where to continue: the place of a step (from 1), and how many messages of
--         its list to skip; the most messages to look at
-- Result  the message and how many would be claimed before it; else where to continue (two numbers); else nothing. It
--         looks at fewer messages once it has read 16 MiB.
-- Atomic  a snapshot of one instant; a search of several calls is not
-- Errors  as those of Fragments/restoring.lua: no message is lost

-- @include prelude messages restoring matching

local queue, id = ARGV[first], ARGV[first + 1]
local place, offset, most = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3]), tonumber(ARGV[first + 4])
if place == 1 and offset == 0 then
  restore_lapsed(queue, 1000)
  promote(queue, 1000)
  send_hints()
end
local has_looked = false
while place <= #steps do
  local name, part = list(queue, steps[place]), 8
  local length = is_kind('list', name) and redis.call('LLEN', name) or 0
  while offset < length do
    if most <= 0 or (has_looked and spent >= share) then return { place, offset } end
    local raws = redis.call('LRANGE', name, offset, offset + math.min(part, most) - 1)
    for i, raw in ipairs(raws) do
      spent = spent + #raw
      if is_of(raw, id, queue) then
        local before = length - offset - i
        for step = 1, place - 1 do
          local other = list(queue, steps[step])
          if is_kind('list', other) then before = before + redis.call('LLEN', other) end
        end
        return { raw, before }
      end
    end
    has_looked, offset, most, part = true, offset + #raws, most - #raws, math.min(2 * part, 64)
  end
  place, offset = place + 1, 0
end
return {}
