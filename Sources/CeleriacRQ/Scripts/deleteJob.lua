-- DELETE JOB: deletes a job wherever it is.
--
-- KEYS    none
-- ARGV    after the heading: a job; 1 to delete the jobs that wait for it, too
-- Result  1 if there was such a job, else 0
-- Atomic  one step; repeating it is harmless
-- Errors  an error may leave the job's hash without a place in a queue

-- @include prelude rateLimiting entering dependents removal wholeRemoval

return delete_whole(ARGV[first], ARGV[first + 1] == '1')
