-- How a result is forgotten: it is deleted, and a document in state PENDING is published, which wakes those who wait
-- and which Celery's own clients pass over.
--
-- Needs   nothing

local function forget_result(key, document)
  if redis.call('DEL', key) == 1 then redis.call('PUBLISH', key, document) end
end
