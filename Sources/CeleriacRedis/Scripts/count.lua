-- COUNT: counts the messages of a queue.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: a queue
-- Result  an array: the time in microseconds; ready; delayed; leased by us; leased by others; dead; the due time of the
--         earliest message that is due, or ""; alternating keys that hold another kind of value, which are not counted,
--         and their kinds; then tags of ready messages, including those that have waited longest
-- Atomic  a snapshot of one instant
-- Errors  WRONGTYPE for a key of ours that holds another kind of value. It only writes if `read_set` renames such a
--         key.

-- @include prelude messages

local queue = ARGV[first]
local ready, tags = 0, {}
for _, step in ipairs(steps) do
  local name = list(queue, step)
  if is_kind('list', name) then
    ready = ready + redis.call('LLEN', name)
    local next = redis.call('LINDEX', name, -1)
    local tag = next and read(next, queue)
    if tag then tags[#tags + 1] = tag end
  else
    note_misfit(name)
  end
end
local delayed, leases = delayed_stem .. queue, leases_stem .. queue
demand('zset', delayed)
demand('zset', dead_stem .. queue)
local due = redis.call('ZCOUNT', delayed, '-inf', whole(now))
local lapsed = read_set('ZRANGEBYSCORE', leases, '-inf', whole(instant))
for _, tag in ipairs(lapsed) do tags[#tags + 1] = tag end
local held = redis.call('ZCARD', leases)

-- Python's messages are recognized by the routing key at the end of their entries. A run looks at a limited number.
local others = 0
if redis.call('HLEN', unacked) > held then
  local looked_at = 0
  for _, tag in ipairs(redis.call('HKEYS', unacked)) do
    if looked_at < 1000 and spent < share and not redis.call('ZSCORE', leases, tag) then
      looked_at = looked_at + 1
      local entry = redis.call('HGET', unacked, tag)
      spent = spent + #entry
      if string.match(string.sub(entry, -600), ', "([^"]*)"%]$') == queue then others = others + 1 end
    end
  end
end

local earliest = due > 0 and redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2] or ''
return {
  whole(now), ready + due + #lapsed, redis.call('ZCARD', delayed) - due, held - #lapsed, others,
  redis.call('ZCARD', dead_stem .. queue), earliest, misfits, unpack(tags, 1, math.min(#tags, 1000))
}
