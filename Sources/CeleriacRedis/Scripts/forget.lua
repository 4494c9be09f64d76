-- FORGET: deletes a result and notifies its waiters.
--
-- KEYS    the key of the result
-- ARGV    the document to publish
-- Result  nothing
-- Atomic  one step; repeating it is harmless
-- Errors  only the server's own

-- @include forgetting

forget_result(KEYS[1], ARGV[1])
