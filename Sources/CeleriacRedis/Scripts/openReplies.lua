-- OPEN REPLIES: opens a list for the replies to a question, as kombu declares a queue that expires (`REFRESH_BINDING`).
--
-- KEYS    as in `ControlQuestion.keys`
-- ARGV    1 the binding   2 the exchange   3 how many milliseconds the binding lasts
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  an error on the second key leaves the binding, which CLOSE REPLIES removes

redis.call('SADD', KEYS[1], ARGV[1])
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], 'GT', string.format('%.0f', time[1] * 1000 + time[2] / 1000 + ARGV[3]), ARGV[2])
