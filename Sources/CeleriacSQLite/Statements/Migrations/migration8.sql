-- Queues from which nothing is claimed, and the audit log.

CREATE TABLE celeriac_pauses (
    queue TEXT PRIMARY KEY,
    at REAL NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE celeriac_audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order in which entries were first appended
    id TEXT NOT NULL UNIQUE,
    at REAL NOT NULL,
    entry BLOB NOT NULL                       -- JSON
) STRICT;
