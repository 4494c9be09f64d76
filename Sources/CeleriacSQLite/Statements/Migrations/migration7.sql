-- The tick of an entry that a beat is about to publish through another broker.

CREATE TABLE celeriac_schedule_claims (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    after_tick INTEGER,         -- the last tick that was dealt with before; NULL = none
    beat TEXT NOT NULL,
    claimed_at INTEGER NOT NULL -- microseconds since 1970
) STRICT, WITHOUT ROWID;
