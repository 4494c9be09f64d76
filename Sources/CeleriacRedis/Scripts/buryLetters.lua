-- BURY LETTERS: adds dead letters whose messages are in another broker.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading, five words for each letter: its id; queue; reason; when it died, in seconds with six
--         decimals; the message
-- Result  nothing
-- Atomic  all of them in one step; repeating it is harmless: a letter is skipped if its id and date are there already
-- Errors  an error leaves the letters added that came before it

-- @include prelude deadLetters

for at = first, #ARGV, 5 do
  local id, queue, reason, died_at, raw = unpack(ARGV, at, at + 4)
  local old = redis.call('HGET', dead_messages, id)
  if not (old and string.find(old, '"died_at":' .. died_at .. ',', 1, true)) then
    bury(dead, dead_stem .. queue, dead_messages, id, queue, reason, died_at, '1', raw, true)
  end
end
