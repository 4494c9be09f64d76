-- Takes the first calls of a queue out of the ready ones, up to a place.
-- Parameters  queue, rank, position, call

DELETE FROM celeriac_ready WHERE queue = ? AND (rank, position, call) <= (?, ?, ?)
