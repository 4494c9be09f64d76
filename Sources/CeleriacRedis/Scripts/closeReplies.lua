-- CLOSE REPLIES: closes the list of a question. Later replies are dropped.
--
-- KEYS    as in `ControlQuestion.keys`
-- ARGV    1 the binding
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  an error on the first key leaves the list, which expires by itself

redis.call('SREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[3])
