import GRDB

/// The tables, made by numbered, forward-only migrations: files of `Statements/Migrations`. All names start with `celeriac_`,
/// so that they can live in the user's own database.
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
            // It has no such column.
            throw SchemaMismatch.foreign(table: "celeriac_schema")
        }
        guard version <= Self.version else { throw SchemaMismatch.newer(version) }
        return version
    }

    /// `Statements/Migrations`, in their order.
    private static let migrations = [
        PackageResources.migration1_sql,
        PackageResources.migration2_sql,
        PackageResources.migration3_sql,
        PackageResources.migration4_sql,
        PackageResources.migration5_sql,
        PackageResources.migration6_sql,
        PackageResources.migration7_sql,
    ]
}

/// The database is not one that this code can use.
enum SchemaMismatch: Error {
    case newer(Int)
    case foreign(table: String)
}
