-- How a dead letter is deleted; see `DeadLetterDocument`.
--
-- Needs   prelude

-- Deletes a dead letter, if `header` is "" or still its first line. Returns whether it did.
local function dig_up(id, header)
  local document = redis.call('HGET', dead_messages, id)
  if not document then return false end
  local line = string.match(document, '^[^\n]*')
  if header ~= '' and header ~= line then return false end
  redis.call('HDEL', dead_messages, id)
  redis.call('ZREM', dead, id)
  local is_read, head = pcall(cjson.decode, line)
  if is_read and type(head) == 'table' and type(head.queue) == 'string' then
    redis.call('ZREM', dead_stem .. head.queue, id)
    local bytes = string.gsub(dead_messages, 'messages$', 'bytes')
    if redis.call('EXISTS', dead_stem .. head.queue) == 0 then
      redis.call('HDEL', bytes, head.queue)
    elseif redis.call('HEXISTS', bytes, head.queue) == 1 then
      redis.call('HINCRBY', bytes, head.queue, -#document)
    end
  end
  return true
end
