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
    /// - Throws: `CeleriacError` with code `unsupported` if neither store keeps revocations or carries remote control.
    public func revoke(
        _ ids: [TaskID], terminate: Bool = false, signal: ProcessSignal = .terminate
    ) async throws {
        if backend.control == nil { _ = try backend.require(.revocations) }
        try await backend.revocations?.revoke(ids, terminate: terminate, until: time.now.adding(Self.revocationSpan))
        let command = ControlCommand("revoke", .revoking(ids, terminate: terminate, signal: signal))
        try await backend.control?.broadcast(command)
    }
}
