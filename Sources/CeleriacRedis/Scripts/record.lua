-- RECORD: writes results, unless a final one stands there; see Fragments/recording.lua.
--
-- KEYS    where each is written
-- ARGV    three words for each: state, document, for how many milliseconds or ""
-- Result  1
-- Atomic  one step
-- Errors  WRONGTYPE for a key that holds another kind of value: it is passed over, all others were written

-- @include recording

local trouble
for i, key in ipairs(KEYS) do
  local at = 3 * (i - 1)
  local _, problem = record(key, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
  trouble = trouble or problem
end
if trouble then return redis.error_reply(trouble) end
return 1
