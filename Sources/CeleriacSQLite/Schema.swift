import GRDB

/// The tables, made by numbered, forward-only migrations. All names start with `celeriac_`, so that they can live in
/// the user's own database.
///
/// ```
/// calls     one row a call: its message (until it leaves the queue) and its record (until it expires)
/// ready     |
/// delayed   | where the message stands: narrow rows in the order in which they are claimed, so that a claim neither
/// leases    | rewrites a body nor searches, however many messages wait
/// dead      messages that are kept for people
/// schedule  the entries of the beat, and how far each has come
/// chords    one narrow row a chord: how far it is. Its parts, who has extended it, and its body lie beside it, so that
///           a part rewrites none of them
/// ```
///
/// Message and record share a row because the end of a task is the hottest write there is: it turns the one into the
/// other where it lies, and the index over the random ids is not touched.
///
/// Points in time are seconds since 2001 as in Foundation's `Date`, so that a date comes back the same to the bit; in
/// SQL, `datetime(x + 978307200, 'unixepoch')` shows them.
enum Schema {
    /// The version that this code reads and writes.
    static var version: Int { migrations.count }

    /// Brings the database to ``version``, or one before it; cheap if it is there already.
    ///
    /// Safe while other processes open it too: each migration runs in a transaction that holds the write lock.
    static func migrate(_ db: Database, to target: Int = version) throws {
        guard try installedVersion(in: db) < target else { return }
        try db.inTransaction(.immediate) {
            // Another process may have been faster.
            let installed = try installedVersion(in: db)
            for (index, migration) in migrations.prefix(target).enumerated() where index >= installed {
                try db.execute(sql: migration)
                try db.execute(sql: "UPDATE celeriac_schema SET version = ?", arguments: [index + 1])
            }
            return .commit
        }
    }

    private static func installedVersion(in db: Database) throws -> Int {
        let tables = try String.fetchSet(
            db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'celeriac_*'")
        guard tables.contains("celeriac_schema") else {
            guard tables.isEmpty else { throw SchemaMismatch.foreign(table: tables.sorted()[0]) }
            return 0
        }
        let version: Int
        do {
            version = try Int.fetchOne(db, sql: "SELECT version FROM celeriac_schema") ?? 0
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // It has no such column.
            throw SchemaMismatch.foreign(table: "celeriac_schema")
        }
        guard version <= Self.version else { throw SchemaMismatch.newer(version) }
        return version
    }

    private static let migrations = [first, second, third, fourth, fifth, sixth, seventh]

    private static let first = """
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
        """

    /// The beat's schedule. Its points in time are whole microseconds since 1970, since ticks are compared.
    private static let second = """
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
        """

    private static let third = """
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
        """

    /// What a call has sent: of its record.
    private static let fourth = "ALTER TABLE celeriac_calls ADD COLUMN children BLOB;"

    /// Which ticks of an entry have been dealt with, beside the last one: see `DealtTicks`.
    private static let fifth = "ALTER TABLE celeriac_schedule ADD COLUMN dealt TEXT;"

    /// How many dead letters each queue holds, their bytes, and how many have fallen out.
    private static let sixth = """
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
        """

    /// The tick of an entry that a beat is about to publish through another broker.
    private static let seventh = """
        CREATE TABLE celeriac_schedule_claims (
            name TEXT PRIMARY KEY,
            revision INTEGER NOT NULL,
            after_tick INTEGER,         -- the last tick that was dealt with before; NULL = none
            beat TEXT NOT NULL,
            claimed_at INTEGER NOT NULL -- microseconds since 1970
        ) STRICT, WITHOUT ROWID;
        """
}

/// The database is not one that this code can use.
enum SchemaMismatch: Error {
    case newer(Int)
    case foreign(table: String)
}
