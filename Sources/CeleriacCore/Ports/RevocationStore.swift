#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Remembers which calls must not run. Revocations are kept in a store, so that they survive restarts and reach every
/// worker.
public protocol RevocationStore: Sendable {
    /// Revokes calls.
    ///
    /// A waiting message is removed from its queue at once and, if the store is the result backend too, its state
    /// becomes REVOKED. A running call continues unless `terminate` is set. A call that arrives later is handed out
    /// with ``Delivery/isRevoked`` set.
    ///
    /// - Parameter until: when the revocation is forgotten.
    /// - Returns: the calls whose messages it has removed, so that no worker will ever see them and record their end.
    ///   Empty if the store leaves messages where they are until a worker claims them.
    @discardableResult
    func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID>

    /// The revocations in force among those calls.
    func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation]

    /// Suspends until a call was revoked after `generation`, and returns the newest generation.
    ///
    /// This is a hint: the worker then asks for the revocations among its running calls. It also asks at each lease
    /// renewal.
    func nextRevocation(after generation: Int64) async throws -> Int64
}

/// One revoked call.
public struct Revocation: Sendable, Hashable {
    public var id: TaskID
    /// Whether to stop the call if it runs.
    public var terminate: Bool
    public var until: Date

    public init(id: TaskID, terminate: Bool, until: Date) {
        self.id = id
        self.terminate = terminate
        self.until = until
    }
}
