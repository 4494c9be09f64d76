-- DELETE DEAD: deletes dead letters.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: ids
-- Result  the positions (from 1) of the letters that existed
-- Atomic  one step; repeating it is harmless
-- Errors  an error leaves the letters deleted that came before it

-- @include prelude digging

local deleted = {}
for i = first, #ARGV do
  if dig_up(ARGV[i], '') then deleted[#deleted + 1] = i - first + 1 end
end
return deleted
