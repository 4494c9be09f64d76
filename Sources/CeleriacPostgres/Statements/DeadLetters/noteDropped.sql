-- Counts dead letters that were dropped.
-- Parameters  queue, how many

UPDATE celeriac.queue SET dead_dropped = dead_dropped + $2::int8 WHERE name = $1::text
