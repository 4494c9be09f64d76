-- LAUNCH CHORD: publishes the body of a claimed chord and deletes its parts.
--
-- KEYS    as in Fragments/prelude.lua
-- ARGV    after the heading: the prefix of Celery's keys; ours; the group; the token of the claim; how many messages,
--         and nine words for each, see `publish`; how many results, and four words for each, see `record_all`; steps,
--         see `take_steps`
-- Result  1, or 0 if the claim is lost
-- Atomic  all of it; nothing if the claim is lost, or if a key that must be written holds another kind of value
-- Errors  WRONGTYPE, with the name of the key: nothing was written. A later error leaves the body published and the
--         claim in place; when the claim lapses, the body is published again.

-- @include prelude publishing recording chording

local chord = chord_of(ARGV[first], ARGV[first + 1], ARGV[first + 2])
if redis.call('GET', chord.claim) ~= ARGV[first + 3] then return 0 end
local messages = tonumber(ARGV[first + 4])
local problem = hindrance(first + 5, messages)
if problem then return redis.error_reply(problem) end
local at = publish(first + 5, messages)
take_steps(record_all(at))

local _, total = tally(chord)
redis.call('DEL', chord.parts, chord.more, chord.size, chord.seen)
if is_virtual then
  redis.call('SET', chord.claim, 'done')
  redis.call('SET', chord.claim .. ':expires', whole(instant + 300000000))
else
  redis.call('SET', chord.claim, 'done', 'EX', 300)
end
if redis.call('EXISTS', chord.beside) == 1 then
  if total then redis.call('HSET', chord.beside, 'size', whole(total)) end
  redis.call('HDEL', chord.beside, 'body', 'root', 'last')
end
take_out(chord)
send_hints()
return 1
