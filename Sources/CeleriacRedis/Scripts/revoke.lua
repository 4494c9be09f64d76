-- REVOKE: revokes calls.
--
-- It records REVOKED if the call's result shows that the call has not begun, as `revoke` of Celery 5.7 does; otherwise
-- the worker that runs the call records its end. A later date overrides an earlier one. The unique key of a waiting
-- call is freed at once; a running call holds its key until its end.
--
-- KEYS    as in `RedisKeys.revocations`, then the key of each call's result
-- ARGV    1 the time in microseconds, or "" for the server's   2 until when, in seconds   3 1 to terminate
--         4 the channel of the generation   5 the stem of unique keys   6 the hash of held deliveries
--         then for each call its id, the document of its result, and how many milliseconds to keep it
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  a result's key that holds another kind of value is skipped. Any other error leaves the calls before it
--         revoked without a notice; the caller repeats it.

local unique_stem, unacked = ARGV[5], ARGV[6]

-- @include recording uniqueness

local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
now = string.format('%.6f', now / 1000000)
for i = 1, 2 do redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now) end

local has_not_begun = { PENDING = true, RECEIVED = true, RETRY = true, REJECTED = true }
local function free_key_of(id)
  local tag = redis.call('GET', unique_stem .. 'of:' .. id)
  if tag and redis.call('HEXISTS', unacked, tag) == 0 then free(tag, 'sd') end
end

for i = 1, #KEYS - 3 do
  local at = 7 + 3 * (i - 1)
  local id, document, span = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  redis.call('ZADD', KEYS[1], 'GT', ARGV[2], id)
  if ARGV[3] == '1' then redis.call('ZADD', KEYS[2], 'GT', ARGV[2], id) end
  free_key_of(id)
  local before = redis.pcall('GET', KEYS[3 + i])
  -- A key that holds another kind of value is not a result.
  local is_free = not before or type(before) == 'string' and has_not_begun[state_of(before) or '']
  if is_free then
    record(KEYS[3 + i], 'REVOKED', document, span)
  end
end
redis.call('PUBLISH', ARGV[4], redis.call('INCR', KEYS[3]))
