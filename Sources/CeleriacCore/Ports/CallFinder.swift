/// Finds calls by the beginning of their ids, for people who type them. Optional.
public protocol CallFinder: Sendable {
    /// Returns ids that begin with a text: of calls that have a record here or whose message is here, and of dead
    /// letters.
    ///
    /// Meant for people, since a store without an ordered index looks through all of its ids.
    ///
    /// - Parameter limit: the most ids to return. Which ones are left out is not specified.
    /// - Returns: different ids, in any order. A call that ends or expires meanwhile may be missing.
    /// - Throws: ``BrokerError``.
    func ids(startingWith prefix: String, limit: Int) async throws -> Set<TaskID>
}
