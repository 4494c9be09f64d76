-- Renames keys that are in the way.
--
-- Needs   nothing

-- Renames a key to a name that nobody uses; returns the new name.
local function set_aside(key)
  local name = key .. ':aside:' .. redis.call('TIME')[1]
  while redis.call('EXISTS', name) == 1 do name = name .. '+' end
  redis.call('RENAME', key, name)
  redis.log(redis.LOG_WARNING, 'celeriac: ' .. key .. ' held another kind of value; renamed to ' .. name)
  return name
end
