-- TAKE STEPS: counts parts of chords outside a settlement.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: steps, see `take_steps`
-- Result  1
-- Atomic  each step whole; repeating it counts nothing twice
-- Errors  WRONGTYPE, with the base of a chord whose keys hold another kind of value: all other steps were taken

-- @include prelude chording

local _, refused = take_steps(first)
if refused then return redis.error_reply('WRONGTYPE a key of the chord in ' .. refused .. ' is of another kind') end
return 1
