-- The queues that are paused.
-- Result      queue, at, actor, note

SELECT queue, at, actor, note FROM celeriac.pause ORDER BY queue
