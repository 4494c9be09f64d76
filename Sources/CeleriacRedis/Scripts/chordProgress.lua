-- CHORD PROGRESS: reports the progress of a chord.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the prefix of Celery's keys; ours; the group
-- Result  an array: 1 if the chord is over; how many parts there will be, or ""; how many parts there are; how many
--         parts there were to be, or ""
-- Atomic  a snapshot of one instant
-- Errors  WRONGTYPE if a key holds another kind of value. It writes nothing; in virtual time it deletes what has
--         expired.

-- @include prelude chording

local chord = chord_of(ARGV[first], ARGV[first + 1], ARGV[first + 2])
local count, total = tally(chord)
local size = redis.call('HGET', chord.beside, 'size')
return { is_over(chord) and 1 or 0, total and whole(total) or '', count, size or '' }
