-- Keeps the counts of dead letters beside their queue.

CREATE FUNCTION celeriac.count_dead() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE celeriac.queue SET dead_count = dead_count + 1, dead_bytes = dead_bytes + NEW.bytes
        WHERE number = NEW.queue;
    ELSE
        UPDATE celeriac.queue SET dead_count = dead_count - 1, dead_bytes = dead_bytes - OLD.bytes
        WHERE number = OLD.queue;
    END IF;
    RETURN NULL;
END
$$
