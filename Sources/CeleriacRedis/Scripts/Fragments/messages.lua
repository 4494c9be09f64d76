-- How scripts read messages. They never encode one: cjson would turn `[]` into `{}` and spoil large numbers.
--
-- Needs   prelude

-- The beginning of a message by our own encoder. Matched as a pattern, because parsing takes ten times as long.
local own_message = '^{"properties":{"delivery_tag":"([^"\\]+)","correlation_id":"[^"\\]*",'
  .. '"delivery_info":{"exchange":"([^"\\]*)","routing_key":"([^"\\]*)"},"priority":(%d+)'

-- The end of a message by kombu. Quotes within texts are escaped, so no text can match it.
local python_message = '"delivery_info": {"exchange": "([^"\\]*)", "routing_key": "([^"\\]*)"}, "priority": (%d+), '
  .. '"body_encoding": "base64", "delivery_tag": "([^"\\]+)"}}$'

-- Any other message must be decoded, which takes a thousand times as long as a look at its ends. Messages larger than
-- this are not decoded.
local most_decoded = 2097152

-- cjson refuses the lone surrogates that Python writes; they are read as "?".
local function decoded(raw)
  spent = spent + 8 * #raw
  local is_read, message = pcall(cjson.decode, raw)
  if not is_read and string.find(raw, '\\u[dD][89a-fA-F]') then
    local plain = string.gsub(string.gsub(raw, '\\\\', ''), '\\u[dD][89a-fA-F]%x%x', '?')
    is_read, message = pcall(cjson.decode, plain)
  end
  return is_read and type(message) == 'table' and message or nil
end

-- Returns the id of the call in a decoded message, or nil. It is in the headers, otherwise in the properties.
local function call_id(message)
  local function text(object, name)
    local id = type(object) == 'table' and object[name]
    return type(id) == 'string' and #id > 0 and #id < 256 and id or nil
  end
  return text(message.headers, 'id') or text(message.properties, 'correlation_id')
end

-- Returns the call's id from the properties, which are at one end of the message.
local function correlation_id(raw)
  local tag, id = string.match(string.sub(raw, 1, 800),
    '^{"properties":{"delivery_tag":"([^"\\]+)","correlation_id":"([^"\\]+)"')
  if not tag and string.sub(raw, 1, 9) == '{"body": ' then
    id = string.match(string.sub(raw, -1200), '"correlation_id": "([^"\\]+)"')
  end
  return id and #id < 256 and id or nil
end

-- Returns the call's id, or nil. Of a message that is too large to decode, only the ends are read.
local function id_of(raw)
  if #raw > most_decoded then return correlation_id(raw) end
  local message = decoded(raw)
  return message and call_id(message)
end

-- Returns the tag, exchange, routing key (both ready for JSON quotes) and priority of a message; or nil, the problem,
-- and the id of the call or nil.
local function read(raw, queue)
  local tag, exchange, key, priority = string.match(raw, own_message)
  if tag then return tag, exchange, key, tonumber(priority) end
  if string.sub(raw, 1, 9) == '{"body": ' then
    exchange, key, priority, tag = string.match(string.sub(raw, -600), python_message)
    if tag then return tag, exchange, key, tonumber(priority) end
  end
  if #raw > most_decoded then
    return nil, string.format('a message of this shape is read up to %d bytes, not %d', most_decoded, #raw),
      correlation_id(raw)
  end
  local message = decoded(raw)
  if not message then return nil, 'it is no JSON object' end
  local properties = message.properties
  if type(properties) ~= 'table' then return nil, 'it has no properties', call_id(message) end
  tag = properties.delivery_tag
  if type(tag) ~= 'string' or tag == '' then return nil, 'it has no delivery tag', call_id(message) end
  local info = properties.delivery_info
  if type(info) ~= 'table' then info = {} end
  exchange, key = info.exchange, info.routing_key
  if type(exchange) ~= 'string' then exchange = '' end
  if type(key) ~= 'string' then key = queue end
  priority = tonumber(properties.priority)
  if not priority or priority ~= priority then priority = 0 end
  return tag, quoted(exchange), quoted(key), math.max(0, math.min(9, math.floor(priority)))
end

-- Returns the priority step of a message's list.
local function step_of_message(raw, queue)
  local _, _, _, priority = read(raw, queue)
  return step_of(type(priority) == 'number' and priority or 0)
end

-- The text between the ids and the priority, in our own messages that go straight into a queue.
local function plain_middle(queue)
  return '","delivery_info":{"exchange":"","routing_key":"' .. queue .. '"},"priority":'
end

-- Returns the tag of our own message with that middle, or nil. It uses plain finds, because every message is checked,
-- and a pattern takes about ten times as long.
local function plain_tag(raw, middle)
  if string.sub(raw, 1, 31) ~= '{"properties":{"delivery_tag":"' then return nil end
  local stop = string.find(raw, '"', 32, true)
  if not stop or string.sub(raw, stop, stop + 19) ~= '","correlation_id":"' then return nil end
  local id_stop = string.find(raw, '"', stop + 20, true)
  if not id_stop or string.sub(raw, id_stop, id_stop + #middle - 1) ~= middle then return nil end
  local tag = string.sub(raw, 32, stop - 1)
  if tag == '' or string.find(tag, '\\', 1, true) then return nil end
  return tag
end

-- The end of our own entries of `unacked`. Python writes no line feed there.
local function own_tail(exchange, key) return ',"' .. exchange .. '","' .. key .. '"\n]' end

-- Returns the message in an entry of `unacked` that we wrote; nil for other entries.
local function own_entry(entry)
  return entry and string.match(entry, '^%[(.*),"[^"]*","[^"]*"\n%]$')
end
