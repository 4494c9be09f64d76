-- Queues from which nothing is claimed, and the audit log.

CREATE TABLE celeriac.pause (
    queue text COLLATE "C" PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    note text NOT NULL
);

CREATE TABLE celeriac.audit (
    number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    at timestamptz NOT NULL,
    entry bytea NOT NULL        -- JSON
);
