#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Remembers which calls must not run. Kept in the broker, so that it survives restarts and reaches every worker.
public protocol RevocationStore: Sendable {
    /// Revokes calls.
    ///
    /// A message that waits is taken out of its queue at once and, where the store is the result backend too, its state
    /// becomes REVOKED. One that runs goes on unless `terminate`. One that comes later is handed out with
    /// ``Delivery/isRevoked`` set.
    ///
    /// - Parameter until: when to forget about it.
    func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws

    /// The revocations that still stand among those calls.
    func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation]

    /// Suspends until something was revoked since `generation`, and returns the newest generation.
    ///
    /// A hint: a worker then asks for the revocations among what it runs, and asks at each lease renewal anyway.
    func nextRevocation(after generation: Int64) async throws -> Int64
}

/// One revoked call.
public struct Revocation: Sendable, Hashable {
    public var id: TaskID
    /// Whether it is to be stopped if it runs.
    public var terminate: Bool
    public var until: Date

    public init(id: TaskID, terminate: Bool, until: Date) {
        self.id = id
        self.terminate = terminate
        self.until = until
    }
}
