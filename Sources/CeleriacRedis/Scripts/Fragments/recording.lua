-- How a result is written: as in Celery (SETEX, and PUBLISH on the channel of the same name), but a final result is not
-- overwritten; see `TaskState.yields(to:)`.
--
-- Needs   nothing

-- A MessagePack map of up to 15, or up to 65,535 members, whose first key is the state's.
local function state_in_msgpack(document)
  return string.match(document, '^[\128-\143]\166status[\160-\191](%u+)')
    or string.match(document, '^\222..\166status[\160-\191](%u+)')
end

-- The beginning of our documents. In Python's the keys are sorted, each at the beginning of a line.
local function state_in_yaml(document)
  return string.match(document, '^%-%-%- {%s*"status":%s*"([^"\\]*)"')
    or string.match(document, '\nstatus: (%u+)\n')
end

-- Returns the state, read from the beginning of the document, where Celery and we write it.
local function state_of(document)
  local state = string.match(document, '^{%s*"status":%s*"([^"\\]*)"')
  if state then return state end
  local byte = string.byte(document)
  if byte and byte >= 128 then return state_in_msgpack(document) end
  if byte and byte ~= 123 then return state_in_yaml(document) end
  local is_read, meta = pcall(cjson.decode, document)
  return is_read and type(meta) == 'table' and meta.status or nil
end

local final = { SUCCESS = 1, FAILURE = 2, REVOKED = 3 }

-- Writes a document unless the key holds a final one. Returns whether it did, and the problem with the key.
local function write(key, state, document, ...)
  if redis.call('SET', key, document, 'NX', ...) then return true end
  local there = redis.pcall('GET', key)
  if type(there) == 'table' then
    return false, 'WRONGTYPE the key of a result holds a ' .. redis.call('TYPE', key).ok .. ', not a string: ' .. key
  end
  local before = final[there and state_of(there) or '']
  if before and not (final[state] and final[state] < before) then return false end
  redis.call('SET', key, document, ...)
  return true
end

-- In virtual time nothing expires by itself: a second key holds the time. `span`: "@now:expires" in microseconds.
local function write_in_virtual_time(key, state, document, span)
  local clock, expires = string.match(span, '^@(%d+):(%d*)$')
  local beside = key .. ':expires'
  local before = redis.call('GET', beside)
  if before and tonumber(before) <= tonumber(clock) then redis.call('DEL', key, beside) end
  local is_written, problem = write(key, state, document)
  if not is_written then return false, problem end
  redis.call('DEL', beside)
  if expires ~= '' then redis.call('SET', beside, expires) end
  return true
end

-- `span`: how many milliseconds the result is kept, or "" for forever, or the form above. Returns whether it was
-- written, and the problem with a key that holds another kind of value.
local function record(key, state, document, span)
  local is_written, problem
  if span == '' then
    is_written, problem = write(key, state, document)
  elseif string.byte(span) == 64 then
    is_written, problem = write_in_virtual_time(key, state, document, span)
  else
    is_written, problem = write(key, state, document, 'PX', span)
  end
  if is_written then redis.call('PUBLISH', key, document) end
  return is_written, problem
end

-- Records results from ARGV: how many; for each its key, state, document and span. Returns the next argument.
local function record_all(at)
  local after = at + 1 + 4 * tonumber(ARGV[at])
  for from = at + 1, after - 1, 4 do record(unpack(ARGV, from, from + 3)) end
  return after
end
