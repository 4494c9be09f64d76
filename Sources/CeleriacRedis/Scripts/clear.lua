-- CLEAR: renames keys of ours and of kombu's bookkeeping that hold another kind of value.
--
-- KEYS    the keys
-- ARGV    the kind that each should be
-- Result  the renamed keys and their new names, in turn
-- Atomic  one step
-- Errors  an error leaves the keys before it renamed

-- @include asiding

local renamed = {}
for i, key in ipairs(KEYS) do
  local there = redis.call('TYPE', key).ok
  if there ~= 'none' and there ~= ARGV[i] then
    renamed[#renamed + 1] = key
    renamed[#renamed + 1] = set_aside(key)
  end
end
return renamed
