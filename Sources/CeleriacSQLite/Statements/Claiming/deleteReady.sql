-- Takes a call out of the ready ones.
-- Parameters  queue, rank, position, call

DELETE FROM celeriac_ready WHERE queue = ? AND rank = ? AND position = ? AND call = ?
