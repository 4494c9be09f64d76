-- How a message becomes a dead letter; see `DeadLetterDocument` for the keys.
--
-- bury(letters, of_queue, messages, id, queue, reason, time, claims, raw, is_answered)
--
-- `letters`, `of_queue` and `messages` are the keys of all letters, of the queue's letters, and of the documents. `id`
-- is a text, or nil or "" if none was found: then the letter gets a new one. `time` and `claims` are numbers as text.
-- `is_answered`: the caller records the end of the call; otherwise that is done later, see `RedisKeys.unanswered`.
--
-- A letter with the same id is kept, unless it holds the same message: then it is replaced. Returns the letter's id.
--
-- Needs   nothing

local function bury(letters, of_queue, messages, id, queue, reason, time, claims, raw, is_answered)
  local stem = string.sub(messages, 1, #messages - #'messages')
  local bytes = stem .. 'bytes'
  if redis.call('HEXISTS', bytes, queue) == 0 then
    -- Count the letters that are older than this hash.
    local sum = 0
    for _, other in ipairs(redis.call('ZRANGE', of_queue, 0, -1)) do
      sum = sum + redis.call('HSTRLEN', messages, other)
    end
    redis.call('HSET', bytes, queue, sum)
  end

  -- Returns the message of a letter, which follows the first line feed.
  local function message_of(letter)
    return string.sub(letter, (string.find(letter, '\n', 1, true) or 0) + 1)
  end
  if type(id) ~= 'string' or id == '' then
    id = 'malformed-' .. redis.sha1hex(raw .. time .. redis.call('HLEN', messages))
  end
  local old = redis.call('HGET', messages, id)
  if old and message_of(old) ~= raw then
    id = id .. '+' .. string.sub(redis.sha1hex(raw), 1, 16)
    old = redis.call('HGET', messages, id)
  end
  if old then
    local is_read, head = pcall(cjson.decode, string.match(old, '^[^\n]*'))
    local place = is_read and type(head) == 'table' and type(head.queue) == 'string' and head.queue or queue
    redis.call('ZREM', string.sub(of_queue, 1, #of_queue - #queue) .. place, id)
    if redis.call('HEXISTS', bytes, place) == 1 then redis.call('HINCRBY', bytes, place, -#old) end
  end
  local letter = '{"queue":' .. cjson.encode(queue) .. ',"reason":' .. cjson.encode(reason)
    .. ',"died_at":' .. time .. ',"deliveries":' .. claims .. '}\n' .. raw
  redis.call('ZADD', letters, time, id)
  redis.call('ZADD', of_queue, time, id)
  redis.call('HSET', messages, id, letter)
  redis.call('HINCRBY', bytes, queue, #letter)
  if not is_answered then redis.call('SADD', stem .. 'unanswered', id) end
  return id
end
