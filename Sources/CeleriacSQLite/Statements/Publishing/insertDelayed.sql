-- Delays a call.
-- Parameters  queue, due, call, deliveries

INSERT INTO celeriac_delayed VALUES (?, ?, ?, ?)
