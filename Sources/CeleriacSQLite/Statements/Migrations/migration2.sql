-- The beat's schedule. Its points in time are whole microseconds since 1970, since ticks are compared.

CREATE TABLE celeriac_schedule (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_tick INTEGER,
    last_call TEXT,
    last_published INTEGER,
    runs INTEGER NOT NULL,
    entry BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE celeriac_schedule_generation (generation INTEGER NOT NULL) STRICT;
INSERT INTO celeriac_schedule_generation VALUES (0);
