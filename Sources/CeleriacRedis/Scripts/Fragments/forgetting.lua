-- Forgets a result: deletes it, and publishes a document in state PENDING. That wakes the waiters; Celery's own clients
-- ignore it.
--
-- Needs   nothing

local function forget_result(key, document)
  if redis.call('DEL', key) == 1 then redis.call('PUBLISH', key, document) end
end
