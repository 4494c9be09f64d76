package import CeleriacCore

/// The result of a look.
package enum Look<Value> {
    case found(Value)
    /// All there was. A consumer need not look again before something rings, or `pause` has passed.
    case foundAll(Value, pause: Duration)
    /// Nothing yet. The caller should look again after `pause` at the latest.
    case nothing(pause: Duration)
}

extension WakeUps {
    /// Looks until there is something to return. Between two looks it waits for one of `events`, but no longer than the
    /// look's `pause`.
    ///
    /// - Throws: `CancellationError` when cancelled.
    package func untilFound<Value: Sendable>(
        _ events: [Event], _ time: any TimeSource, _ look: () async throws -> Look<Value>
    ) async throws -> Value {
        let lookOut = LookOut(self, time)
        defer { lookOut.close() }
        return try await lookOut.untilFound(events, look)
    }
}
