#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension TaskApp {
    /// How long a revocation is kept, counted from the revocation.
    package static let revocationSpan = Duration.days(30)

    /// Prevents calls from starting. See ``AsyncResult/revoke(terminate:signal:)``.
    ///
    /// The broker or the result backend keeps the revocation, for present and future Swift workers. Remote control, if
    /// either supports it, sends the revocation to the running workers. Python workers learn of it in no other way, and
    /// keep it in memory. With remote control alone, a worker that starts later learns it from the other workers, if
    /// there are any.
    ///
    /// A waiting call becomes REVOKED when its message is removed: at once, or if the broker leaves the message in its
    /// queue, when a worker claims it. If the broker and the result backend are two stores and the record cannot be
    /// written, this method throws, and the call is revoked all the same.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if neither store keeps revocations or carries remote control;
    ///   `BrokerError`.
    public func revoke(
        _ ids: [TaskID], terminate: Bool = false, signal: ProcessSignal = .terminate
    ) async throws {
        if backend.control == nil { _ = try backend.require(.revocations) }
        let until = time.now.adding(Self.revocationSpan)
        let removed = try await backend.revocations?.revoke(ids, terminate: terminate, until: until) ?? []
        let command = ControlCommand("revoke", .revoking(ids, terminate: terminate, signal: signal))
        try await backend.control?.broadcast(command)
        try await recordRevoked(removed)
    }

    /// Records calls as REVOKED whose messages the broker has removed: no worker will see them, and the broker cannot
    /// write to the results of another store.
    private func recordRevoked(_ ids: Set<TaskID>) async throws {
        guard let results, backend.brokerSeesRevocations, backend.completion == nil, !ids.isEmpty else { return }
        let now = time.now
        let failure = TaskFailure(type: "TaskRevokedError", module: "celery.exceptions", message: "revoked")
        let expires = resultLifetime.map(now.addingTimeInterval)
        try await results.record(ids.map { .revoked($0, failure, at: now, expires: expires) })
    }
}
