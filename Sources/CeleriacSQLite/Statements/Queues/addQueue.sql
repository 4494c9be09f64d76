-- Adds a queue; its number is the last inserted one.
-- Parameters  name

INSERT INTO celeriac_queues (name) VALUES (?)
