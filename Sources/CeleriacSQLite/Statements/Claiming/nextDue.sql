-- When the next delayed call of a queue is due.
-- Parameters  queue
-- Result      due, if there is one

SELECT due FROM celeriac_delayed WHERE queue = ? ORDER BY due LIMIT 1
