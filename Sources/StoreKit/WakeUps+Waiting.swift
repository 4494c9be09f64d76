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
        let waiter = Waiter()
        add(waiter, for: events)
        defer { remove(waiter, for: events) }
        while true {
            // The order matters: a ring after the look finds the waiter marked as rung.
            waiter.look()
            switch try await look() {
            case .found(let value), .foundAll(let value, _): return value
            case .nothing(let pause): try await waiter.wait(until: time.uptime + pause, time)
            }
        }
    }
}
