-- PURGE: deletes the waiting messages of a queue: ready, lapsed and delayed.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue; the most messages to delete
-- Result  how many it deleted: fewer than asked for once it has read 16 MiB
-- Atomic  one step; nothing is deleted if a list of the queue holds another kind of value
-- Errors  WRONGTYPE, with the name of the key: nothing was deleted. A later error does not undo earlier deletions.

-- @include prelude messages restoring

local queue, most = ARGV[first], tonumber(ARGV[first + 1])
local purged = 0
for _, step in ipairs(steps) do
  local name = list(queue, step)
  if not is_kind('list', name) then return redis.error_reply(misfit_words(name, 'list of messages')) end
end
demand('zset', delayed_stem .. queue)
restore_lapsed(queue, most)

local function drop(raw)
  spent = spent + #raw
  local tag = read(raw, queue)
  if tag then
    free(tag, 'sd')
    redis.call('HDEL', deliveries, tag)
  end
  purged = purged + 1
end

-- Drops what `take` takes, a few messages at first, because their sizes are unknown.
local function drop_all(take)
  local part = 8
  while purged < most and spent < share do
    local asked = math.min(part, most - purged)
    local raws = take(asked)
    for _, raw in ipairs(raws) do drop(raw) end
    if #raws < asked then return end
    part = math.min(2 * part, 64)
  end
end

for _, step in ipairs(steps) do
  drop_all(function(count) return redis.call('RPOP', list(queue, step), count) or {} end)
end
drop_all(function(count)
  local raws, popped = {}, redis.call('ZPOPMIN', delayed_stem .. queue, count)
  for i = 1, #popped, 2 do raws[#raws + 1] = string.gsub(popped[i], '^%d+:%d+%^?:', '') end
  return raws
end)
return purged
