-- RENEW: extends leases, and refreshes everything that RQ's maintenance checks.
--
-- KEYS    none
-- ARGV    after the heading: length of the lease in microseconds; then queue, job, execution and worker of each
-- Result  the positions (from 1) of the leases that are lost
-- Atomic  one step
-- Errors  an error within one job is caught, and its lease is reported as lost

-- @include prelude rateLimiting entering

local lease = tonumber(ARGV[first])
local ttl = math.ceil(lease / 1000000) + 60
local heartbeat, lost = date(now), {}
for i = first + 1, #ARGV, 4 do
  local queue, id, execution, worker = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local member = id .. ':' .. execution
  local function renew()
    redis.call('ZADD', wip_stem .. queue, seconds(instant + lease), member)
    local key = execution_stem .. id .. ':' .. execution
    redis.call('HSET', key, 'last_heartbeat', seconds(now))
    redis.call('EXPIRE', key, ttl)
    redis.call('ZADD', executions_stem .. id, seconds(instant + lease + 60000000), execution)
    redis.call('EXPIRE', executions_stem .. id, ttl + 60)
    redis.call('HSET', job_stem .. id, 'last_heartbeat', heartbeat)
    redis.call('EXPIRE', worker_stem .. worker .. ':executions', ttl + 60)
  end
  -- A damaged job must not prevent the others from being renewed.
  local lease_end = redis.pcall('ZSCORE', wip_stem .. queue, member)
  if not (type(lease_end) == 'string' and pcall(renew)) then
    lost[#lost + 1] = (i - first - 1) / 4 + 1
  end
end
return lost
