extension TaskApp {
    /// How long a revocation outlives the call's own end of life.
    static let revocationSpan = Duration.days(30)

    /// Keeps calls from starting. See ``AsyncResult/revoke(terminate:signal:)``.
    ///
    /// The broker keeps it, for Swift's workers of today and later. Where it has remote control, the workers that live are
    /// told too: Python's know it from nowhere else, and keep it in their memory.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot keep revocations.
    public func revoke(
        _ ids: [TaskID], terminate: Bool = false, signal: ProcessSignal = .terminate
    ) async throws {
        let store = try require((any RevocationStore).self, for: "keep revocations")
        try await store.revoke(ids, terminate: terminate, until: time.now.adding(Self.revocationSpan))
        let command = ControlCommand("revoke", .revoking(ids, terminate: terminate, signal: signal))
        try await (broker as? any ControlChannel)?.broadcast(command)
    }
}
