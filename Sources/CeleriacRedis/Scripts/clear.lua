-- CLEAR: renames bookkeeping keys, ours and kombu's, that hold another kind of value.
--
-- KEYS    the keys
-- ARGV    the kind of value that each key should hold
-- Result  alternating renamed keys and their new names
-- Atomic  one step
-- Errors  an error leaves the keys renamed that came before it

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
