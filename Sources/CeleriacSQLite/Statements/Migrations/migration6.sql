-- How many dead letters each queue holds, their bytes, and how many were dropped.

ALTER TABLE celeriac_queues ADD COLUMN dead_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE celeriac_queues ADD COLUMN dead_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE celeriac_queues ADD COLUMN dead_dropped INTEGER NOT NULL DEFAULT 0;
UPDATE celeriac_queues SET
    dead_count = (SELECT count(*) FROM celeriac_dead WHERE queue = celeriac_queues.number),
    dead_bytes = (SELECT ifnull(sum(length(headers) + length(body) + length(reason)), 0)
        FROM celeriac_dead WHERE queue = celeriac_queues.number);

CREATE TRIGGER celeriac_dead_added AFTER INSERT ON celeriac_dead BEGIN
    UPDATE celeriac_queues SET dead_count = dead_count + 1,
        dead_bytes = dead_bytes + length(NEW.headers) + length(NEW.body) + length(NEW.reason)
    WHERE number = NEW.queue;
END;
CREATE TRIGGER celeriac_dead_removed AFTER DELETE ON celeriac_dead BEGIN
    UPDATE celeriac_queues SET dead_count = dead_count - 1,
        dead_bytes = dead_bytes - length(OLD.headers) - length(OLD.body) - length(OLD.reason)
    WHERE number = OLD.queue;
END;
