package import CeleriacCore
import Synchronization

/// The looks of one consumer, and its waits between them.
///
/// After a look that found all there was, the next call begins with a wait: it need not ask only to hear that nothing has
/// come since. It hears every ring since that look began.
package final class LookOut: Sendable {
    private struct Wait {
        let waiter: Waiter
        let events: [WakeUps.Event]
        /// By the clock's `uptime`.
        let end: Duration
    }

    private let wakeUps: WakeUps
    private let time: any TimeSource
    private let next = Guarded<Wait?>(nil)

    package init(_ wakeUps: WakeUps, _ time: any TimeSource) {
        self.wakeUps = wakeUps
        self.time = time
    }

    /// Looks until there is something to return. For one caller at a time.
    ///
    /// - Throws: `CancellationError` when cancelled.
    package func untilFound<Value: Sendable>(
        _ events: [WakeUps.Event], _ look: () async throws -> Look<Value>
    ) async throws -> Value {
        let (waiter, end) = begin(events)
        do {
            if let end { try await waiter.wait(until: end, time) }
            while true {
                // The order matters: a ring after the look finds the waiter marked as rung.
                waiter.look()
                switch try await look() {
                case .found(let value):
                    wakeUps.remove(waiter, for: events)
                    return value
                case .foundAll(let value, let pause):
                    next.withLock { $0 = Wait(waiter: waiter, events: events, end: time.uptime + pause) }
                    return value
                case .nothing(let pause): try await waiter.wait(until: time.uptime + pause, time)
                }
            }
        } catch {
            wakeUps.remove(waiter, for: events)
            throw error
        }
    }

    /// Ends the wait that the next call would begin with.
    package func close() {
        if let wait = next.withLock({ $0.take() }) { wakeUps.remove(wait.waiter, for: wait.events) }
    }

    private func begin(_ events: [WakeUps.Event]) -> (Waiter, end: Duration?) {
        let wait = next.withLock { $0.take() }
        if let wait, wait.events == events { return (wait.waiter, wait.end) }
        if let wait { wakeUps.remove(wait.waiter, for: wait.events) }
        let waiter = Waiter()
        wakeUps.add(waiter, for: events)
        return (waiter, nil)
    }
}
