-- The first tables: queues, calls, ready, delayed, leases, dead letters, revocations, workers.

CREATE TABLE celeriac_schema (version INTEGER NOT NULL) STRICT;
INSERT INTO celeriac_schema VALUES (0);

CREATE TABLE celeriac_queues (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE celeriac_calls (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- The message; all NULL once it has left the queue.
    queue INTEGER,
    rank INTEGER,           -- 2 * (9 - priority), plus 1 unless at the front: lower is claimed first
    position REAL,          -- within the rank: when due; at the front -number, so that the last comes first
    not_before REAL,
    enqueued_at REAL,
    unique_key TEXT,
    until_start INTEGER,
    content_type TEXT,      -- NULL = application/json
    content_encoding TEXT,  -- NULL = utf-8
    correlation_id TEXT,
    reply_to TEXT,
    -- The record; all NULL while nothing is recorded.
    state TEXT,
    attempt INTEGER,
    task TEXT,
    record_queue TEXT,
    worker TEXT,
    started_at REAL,
    recorded_at REAL,
    expires REAL,
    parent_id TEXT,
    failure BLOB,
    meta BLOB,
    result BLOB,
    -- The large parts of the message; headers IS NULL = there is no message.
    headers BLOB,
    body BLOB
) STRICT;
CREATE UNIQUE INDEX celeriac_calls_by_key ON celeriac_calls (unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX celeriac_calls_by_expiry ON celeriac_calls (expires) WHERE expires IS NOT NULL;

CREATE TABLE celeriac_ready (
    queue INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    position REAL NOT NULL,
    call INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    token INTEGER,          -- of its lapsed lease, whose holder may still settle it
    PRIMARY KEY (queue, rank, position, call)
) STRICT, WITHOUT ROWID;

CREATE TABLE celeriac_delayed (
    queue INTEGER NOT NULL,
    due REAL NOT NULL,
    call INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (queue, due, call)
) STRICT, WITHOUT ROWID;

CREATE TABLE celeriac_leases (
    call INTEGER PRIMARY KEY,
    token INTEGER NOT NULL,
    boot INTEGER NOT NULL,
    expires INTEGER NOT NULL,   -- microseconds since that boot
    deliveries INTEGER NOT NULL,
    consumer INTEGER NOT NULL
) STRICT;

CREATE TABLE celeriac_dead (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    queue INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    reason TEXT NOT NULL,
    died_at REAL NOT NULL,
    enqueued_at REAL NOT NULL,
    deliveries INTEGER NOT NULL,
    content_type TEXT,
    content_encoding TEXT,
    correlation_id TEXT,
    reply_to TEXT,
    headers BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX celeriac_dead_by_queue ON celeriac_dead (queue);

CREATE TABLE celeriac_revocations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    terminate INTEGER NOT NULL,
    until REAL NOT NULL
) STRICT;

CREATE TABLE celeriac_workers (
    name TEXT PRIMARY KEY,
    expires REAL NOT NULL,
    status BLOB NOT NULL
) STRICT, WITHOUT ROWID;
