-- Takes a call out of the delayed ones.
-- Parameters  queue, due, call

DELETE FROM celeriac_delayed WHERE queue = ? AND due = ? AND call = ?
