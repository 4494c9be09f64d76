-- The tables. Message and record of a call share a row, because the end of a task is the hottest write: it turns the
-- message into the record where it lies, and touches no index. Where a message stands is kept apart, in narrow rows.

CREATE TABLE celeriac.version (number int4 NOT NULL);
INSERT INTO celeriac.version VALUES (0);

CREATE TABLE celeriac.queue (
    number int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    dead_count int8 NOT NULL DEFAULT 0,
    dead_bytes int8 NOT NULL DEFAULT 0,
    dead_dropped int8 NOT NULL DEFAULT 0
);

CREATE SEQUENCE celeriac.call_number;
CREATE TABLE celeriac.call (
    number int8 PRIMARY KEY DEFAULT nextval('celeriac.call_number'::regclass),
    -- The key of the call's id: the id itself, but for NUL and for ids of more than 1,000 bytes.
    id text COLLATE "C" NOT NULL UNIQUE,
    long_id text,
    -- The message; all NULL once it has left its queue.
    queue int4,
    rank int2,                  -- 2 * (9 - priority), plus 1 unless at the front: lower is claimed first
    place timestamptz,          -- within the rank: when due; at the front 2000-01-01 minus as many microseconds as number
    not_before timestamptz,
    enqueued_at timestamptz,
    unique_key text COLLATE "C",
    until_start boolean,
    content_type text,          -- NULL: application/json
    content_encoding text,      -- NULL: utf-8
    correlation_id text,
    reply_to text,
    -- The record; all NULL while nothing is recorded.
    state text,
    attempt int4,
    task text,
    record_queue text,
    worker text,
    started_at timestamptz,
    recorded_at timestamptz,
    expires timestamptz,
    parent_id text,
    failure bytea,
    meta bytea,
    result bytea,
    children bytea,
    -- The large parts of the message; without headers there is no message.
    headers bytea,
    body bytea
) WITH (fillfactor = 65, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,
    autovacuum_analyze_scale_factor = 0.5, autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX call_by_key ON celeriac.call (unique_key) WHERE unique_key IS NOT NULL;

CREATE TABLE celeriac.ready (
    queue int4 NOT NULL,
    rank int2 NOT NULL,
    place timestamptz NOT NULL,
    call int8 NOT NULL,
    deliveries int4 NOT NULL,
    until_start boolean NOT NULL,
    token int8                  -- of its lapsed lease, whose holder may still settle it
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX ready_by_place ON celeriac.ready (queue, rank, place, call);

CREATE TABLE celeriac.delayed (
    queue int4 NOT NULL,
    due timestamptz NOT NULL,
    call int8 NOT NULL,
    deliveries int4 NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX delayed_by_due ON celeriac.delayed (queue, due, call);

-- No index over expires: it would keep renewals from staying in their page.
CREATE TABLE celeriac.lease (
    call int8 PRIMARY KEY,
    token int8 NOT NULL,
    consumer int8 NOT NULL,
    expires timestamptz NOT NULL,
    deliveries int4 NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0);
CREATE INDEX lease_by_consumer ON celeriac.lease (consumer);

CREATE TABLE celeriac.dead (
    number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    long_id text,
    queue int4 NOT NULL,
    rank int2 NOT NULL,
    reason text NOT NULL,
    died_at timestamptz NOT NULL,
    enqueued_at timestamptz NOT NULL,
    deliveries int4 NOT NULL,
    bytes int8 NOT NULL GENERATED ALWAYS AS (length(headers) + length(body) + octet_length(reason)) STORED,
    content_type text,
    content_encoding text,
    correlation_id text,
    reply_to text,
    headers bytea NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX dead_by_queue ON celeriac.dead (queue, number);

-- Numbers that grow with each change of what they name, in the order of commits.
CREATE TABLE celeriac.generation (
    name text PRIMARY KEY,
    value int8 NOT NULL
);
INSERT INTO celeriac.generation VALUES ('schedule', 0), ('revocation', 0);

CREATE TABLE celeriac.revocation (
    id text COLLATE "C" PRIMARY KEY,
    terminate boolean NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX revocation_by_until ON celeriac.revocation (until);

CREATE TABLE celeriac.worker (
    name text COLLATE "C" PRIMARY KEY,
    expires timestamptz NOT NULL,
    status bytea NOT NULL
);

-- Points in time of the schedule are whole microseconds since 1970, since ticks are compared.
CREATE TABLE celeriac.schedule (
    name text COLLATE "C" PRIMARY KEY,
    revision int8 NOT NULL,
    paused boolean NOT NULL,
    first_seen int8 NOT NULL,
    last_tick int8,
    last_call text,
    last_published int8,
    runs int8 NOT NULL,
    entry bytea NOT NULL,
    dealt text
);

-- The tick of an entry that a beat is about to publish through another broker.
CREATE TABLE celeriac.schedule_claim (
    name text COLLATE "C" PRIMARY KEY,
    revision int8 NOT NULL,
    after_tick int8,            -- the last tick that was dealt with before; NULL: none
    beat text NOT NULL,
    claimed_at int8 NOT NULL
);

CREATE SEQUENCE celeriac.chord_due;
CREATE TABLE celeriac.chord (
    number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_id text COLLATE "C" NOT NULL UNIQUE,
    long_group_id text,
    size int8,                  -- NULL until it is opened
    extensions int8 NOT NULL DEFAULT 0,
    arrived int8 NOT NULL DEFAULT 0,
    launched boolean NOT NULL DEFAULT false,
    due int8,                   -- grows from one that becomes due to the next; NULL: it is not
    last_id text,
    claim int8,
    claim_expires timestamptz,
    expires timestamptz
) WITH (fillfactor = 70);
CREATE INDEX chord_by_due ON celeriac.chord (due) WHERE due IS NOT NULL;
CREATE INDEX chord_by_expiry ON celeriac.chord (expires) WHERE expires IS NOT NULL;

CREATE TABLE celeriac.chord_body (
    chord int8 PRIMARY KEY,
    root_id text,
    body bytea NOT NULL,
    header bytea
);

CREATE TABLE celeriac.chord_extension (
    chord int8 NOT NULL,
    call text COLLATE "C" NOT NULL,
    PRIMARY KEY (chord, call)
);

CREATE TABLE celeriac.chord_part (
    chord int8 NOT NULL,
    place int8 NOT NULL,        -- in the header; the largest there is: none
    id text COLLATE "C" NOT NULL,
    long_id text,
    state text NOT NULL,
    result bytea NOT NULL,      -- of SUCCESS its JSON text, else the failure
    PRIMARY KEY (chord, place, id)
);

-- The first free instant of each limit, and the instants that calls have reserved.
CREATE TABLE celeriac.start_limit (
    key text COLLATE "C" PRIMARY KEY,
    free timestamptz NOT NULL
);
CREATE TABLE celeriac.start_reservation (
    key text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    start timestamptz NOT NULL,
    PRIMARY KEY (key, id)
);

-- Commands, replies and events on their way. A crash of the server may empty it.
CREATE UNLOGGED TABLE celeriac.mail (
    number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sent_at timestamptz NOT NULL,
    body bytea NOT NULL
);

-- What the processes that tidy up remember together.
CREATE TABLE celeriac.upkeep (
    name text PRIMARY KEY,
    cursor int8 NOT NULL,
    at timestamptz NOT NULL
);
INSERT INTO celeriac.upkeep VALUES ('records', 0, '2000-01-01');
