/// A store whose tables are made and changed only on request, by whoever may do so. Optional.
///
/// The store itself works with a role that may not create anything, and refuses tables of another version by name.
public protocol MigratedStore: Sendable {
    /// Creates what is missing, or brings it to the version that this program needs, in one transaction. Idempotent, and
    /// safe if several processes do it at once.
    ///
    /// - Throws: ``BrokerError``; with code `incompatible` if the tables are newer than this program.
    @discardableResult
    func migrate() async throws -> MigrationReport
}

/// What a migration has done.
public struct MigrationReport: Sendable, Hashable {
    /// Where the tables are, in the words of an error: without a password.
    public var place: String
    /// The version before; 0 if there were no tables.
    public var from: Int
    /// The version now.
    public var to: Int

    public init(place: String, from: Int, to: Int) {
        self.place = place
        self.from = from
        self.to = to
    }
}
