-- REMOVE: deletes one waiting message.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; the message as it is stored; its member of the delayed ones, or "" if it is ready
-- Result  1 if it was still there, else 0
-- Atomic  one step
-- Errors  WRONGTYPE if the key of the delayed messages holds another kind of value: nothing was deleted. A later error
--         leaves the call's unique key, which expires by itself.

-- @include prelude messages uniqueness

local queue, raw, member = ARGV[first], ARGV[first + 1], ARGV[first + 2]
local removed = 0
if member ~= '' then
  demand('zset', delayed_stem .. queue)
  removed = redis.call('ZREM', delayed_stem .. queue, member)
else
  for _, step in ipairs(steps) do
    local name = list(queue, step)
    if removed == 0 and is_kind('list', name) then removed = redis.call('LREM', name, -1, raw) end
  end
end
local tag = removed == 1 and read(raw, queue)
if tag then
  free(tag, 'sd')
  redis.call('HDEL', deliveries, tag)
end
return removed
