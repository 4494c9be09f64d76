import GRDB

/// The tables, created by numbered, forward-only migrations: files of `Statements/Migrations`. All names start with
/// `celeriac_`, so the tables can be in the user's own database.
///
/// ```
/// calls     one row a call: its message (until it leaves the queue) and its record (until it expires)
/// ready     |
/// delayed   | where the message stands: narrow rows in the order in which they are claimed, so that a claim neither
/// leases    | rewrites a body nor searches, however many messages wait
/// dead      messages that are kept for people
/// pauses    queues from which nothing is claimed
/// audit     who did what
/// schedule  the entries of the beat, and how far each has come
/// chords    one narrow row a chord: how far it is. Its parts, who has extended it, and its body lie beside it, so that
///           a part rewrites none of them
/// ```
///
/// Message and record share a row because the end of a task is the hottest write: it turns the message into the record
/// in place, and does not touch the index over the random ids.
///
/// Points in time are seconds since 2001, as in Foundation's `Date`, so that a date is restored exactly. In SQL,
/// `datetime(x + 978307200, 'unixepoch')` shows them.
enum Schema {
    /// The version that this code reads and writes.
    static var version: Int { migrations.count }

    /// Migrates the database to ``version``, or to an earlier `target`. Cheap if the database is already there.
    ///
    /// Safe while other processes open it too: each migration runs in a transaction that holds the write lock.
    static func migrate(_ db: Database, to target: Int = version) throws {
        guard try installedVersion(in: db) < target else { return }
        try db.inTransaction(.immediate) {
            // Another process may have migrated first.
            let installed = try installedVersion(in: db)
            for (index, migration) in migrations.prefix(target).enumerated() where index >= installed {
                try db.execute(sql: String(decoding: migration, as: UTF8.self))
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
            // The table has no such column.
            throw SchemaMismatch.foreign(table: "celeriac_schema")
        }
        guard version <= Self.version else { throw SchemaMismatch.newer(version) }
        return version
    }

    /// The files of `Statements/Migrations`, in order.
    private static let migrations = [
        PackageResources.migration1_sql,
        PackageResources.migration2_sql,
        PackageResources.migration3_sql,
        PackageResources.migration4_sql,
        PackageResources.migration5_sql,
        PackageResources.migration6_sql,
        PackageResources.migration7_sql,
        PackageResources.migration8_sql,
    ]
}

/// The database cannot be used by this code.
enum SchemaMismatch: Error {
    case newer(Int)
    case foreign(table: String)
}
