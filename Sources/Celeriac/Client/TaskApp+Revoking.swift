extension TaskApp {
    /// How long a revocation outlives the call's own end of life.
    static let revocationSpan = Duration.days(30)

    /// Keeps calls from starting. See ``AsyncResult/revoke(terminate:signal:)``.
    ///
    /// The broker or the result backend keeps the revocation, for Swift's workers of today and later. Remote control, if one
    /// of the two carries it, brings the revocation to the workers that live: Python's workers learn it from nowhere else,
    /// and keep it in their memory. With remote control alone a worker that starts later learns it from its fellows, if any.
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
