-- RECORD: writes states and results, but does not overwrite final states; see `TaskState.yields(to:)`.
--
-- KEYS    none
-- ARGV    after the heading, for each change: id; state; RQ's status; the document, see `RQStore.record(_:)`; how many
--         seconds it is kept or ""; how many words of fields, the fields; how many words of the results' entry, the
--         entry
-- Result  how many were written
-- Atomic  one step
-- Errors  WRONGTYPE if a key holds another kind of value: the changes before it were written

-- @include prelude

local final = { SUCCESS = 1, FAILURE = 2, REVOKED = 3 }
local of_status = { finished = 'SUCCESS', failed = 'FAILURE', stopped = 'REVOKED', canceled = 'REVOKED' }
local at, written = first, 0
while at <= #ARGV do
  local id, state, status, document, ttl = unpack(ARGV, at, at + 4)
  local fields = at + 6
  local entry = fields + ARGV[at + 5] + 1
  local job = job_stem .. id
  local before = redis.call('HMGET', job, 'status', 'celeriac_expires', 'data')
  if before[2] and tonumber(before[2]) <= now then
    redis.call('DEL', job)
    before = {}
  end
  local rank = final[of_status[before[1] or ''] or '']
  if not rank or (final[state] and final[state] < rank) then
    written = written + 1
    redis.call('HDEL', job, 'celeriac_expires')
    redis.call('HSET', job, 'celeriac_record', document)
    if status ~= '' then redis.call('HSET', job, 'status', status) end
    if ARGV[at + 5] ~= '0' then redis.call('HSET', job, unpack(ARGV, fields, entry - 2)) end
    local size = tonumber(ARGV[entry - 1])
    if size > 0 then
      redis.call('XADD', results_stem .. id, 'MAXLEN', '~', 10, '*', unpack(ARGV, entry, entry + size - 1))
    end
    -- A job that has not ended is kept, however long it runs after this.
    if ttl == '' or before[3] and not final[state] then
      redis.call('PERSIST', job)
    elseif ARGV[1] ~= '' then
      redis.call('HSET', job, 'celeriac_expires', string.format('%.0f', now + ttl * 1000000))
    else
      redis.call('EXPIRE', job, ttl)
      redis.call('EXPIRE', results_stem .. id, ttl)
    end
    tell(id)
  end
  at = entry + tonumber(ARGV[entry - 1])
end
return written
