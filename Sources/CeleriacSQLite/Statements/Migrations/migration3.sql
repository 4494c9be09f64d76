-- Chords.

CREATE TABLE celeriac_chords (
    number INTEGER PRIMARY KEY,
    group_id TEXT NOT NULL UNIQUE,
    size INTEGER,           -- NULL until it is opened
    extensions INTEGER NOT NULL DEFAULT 0,
    arrived INTEGER NOT NULL DEFAULT 0,
    launched INTEGER NOT NULL DEFAULT 0,
    due INTEGER,            -- grows from one that becomes due to the next; NULL = it is not
    last_id TEXT,
    claim INTEGER,
    claim_boot INTEGER,
    claim_expires INTEGER,  -- microseconds since that boot
    expires REAL
) STRICT;
CREATE INDEX celeriac_chords_by_due ON celeriac_chords (due) WHERE due IS NOT NULL;
CREATE INDEX celeriac_chords_by_expiry ON celeriac_chords (expires) WHERE expires IS NOT NULL;

CREATE TABLE celeriac_chord_bodies (
    chord INTEGER PRIMARY KEY,
    root_id TEXT,
    body BLOB NOT NULL,
    header BLOB
) STRICT;

CREATE TABLE celeriac_chord_extensions (
    chord INTEGER NOT NULL,
    call TEXT NOT NULL,
    PRIMARY KEY (chord, call)
) STRICT, WITHOUT ROWID;

CREATE TABLE celeriac_chord_parts (
    chord INTEGER NOT NULL,
    place INTEGER NOT NULL, -- in the header; the largest there is = none
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    result BLOB NOT NULL,   -- of SUCCESS its JSON text, else the failure
    PRIMARY KEY (chord, place, id)
) STRICT, WITHOUT ROWID;
