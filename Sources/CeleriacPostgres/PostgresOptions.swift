public import CeleriacCore

/// The settings of a ``PostgresStore``, apart from the connection.
public struct PostgresOptions: Sendable {
    /// When a call counts as accepted.
    public enum Durability: String, Sendable, CaseIterable {
        /// Every commit waits for the disk.
        case full
        /// A crash of the server may undo what it accepted in its last 0.6 s (three times `wal_writer_delay`). The end of a
        /// process of yours never undoes anything.
        case relaxed
    }

    /// The schema of the tables: 1 to 40 lower-case letters, digits and underscores, not a digit first; default
    /// `celeriac`. Apps of different schemas share a database and see nothing of each other.
    public var schema = "celeriac"
    public var durability = Durability.full
    /// How many connections a process may open for its calls, at least 2; default 5. One more hears notifications while
    /// anything waits.
    public var connections = 5
    /// How many dead letters each queue keeps; adding one drops the oldest beyond that.
    public var deadLetters = DeadLetterLimits()

    public init() {}

    static func isSchema(_ name: String) -> Bool {
        guard (1...40).contains(name.utf8.count), let first = name.utf8.first else { return false }
        let isLetter: (UInt8) -> Bool = {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
        }
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || isDigit($0) } && !name.hasPrefix("pg_")
    }
}
