-- RECORD: writes results, but does not overwrite final ones; see Fragments/recording.lua.
--
-- KEYS    the key of each result
-- ARGV    three words for each: state, document, milliseconds to keep it or ""
-- Result  1
-- Atomic  one step
-- Errors  WRONGTYPE for a key that holds another kind of value: it is skipped, all others were written

-- @include recording

local trouble
for i, key in ipairs(KEYS) do
  local at = 3 * (i - 1)
  local _, problem = record(key, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
  trouble = trouble or problem
end
if trouble then return redis.error_reply(trouble) end
return 1
