-- Makes a call ready.
-- Parameters  queue, rank, position, call, deliveries, token of its lapsed lease or NULL

INSERT INTO celeriac_ready VALUES (?, ?, ?, ?, ?, ?)
