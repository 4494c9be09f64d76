-- Counts each dead letter that comes or goes.

CREATE TRIGGER dead_counted AFTER INSERT OR DELETE ON celeriac.dead FOR EACH ROW EXECUTE FUNCTION celeriac.count_dead()
