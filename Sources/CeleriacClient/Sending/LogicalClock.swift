import Synchronization

/// A Lamport clock: numbers each event in this process, higher than every event that may have caused it.
///
/// One for each app, as in Celery. Source: `kombu/clocks.py`, `LamportClock`.
package final class LogicalClock: Sendable {
    private let state = Guarded<Int64>(0)

    package var value: Int64 { state.withLock { $0 } }

    /// Advances the clock by one, for an event in this process.
    @discardableResult
    package func forward() -> Int64 {
        state.withLock { value in
            value &+= 1
            return value
        }
    }

    /// Moves past the clock value of a received message. A value of half of `Int64.max` or more is ignored, because no
    /// other clock could ever catch up with it.
    @discardableResult
    package func adjust(to other: Int64) -> Int64 {
        state.withLock { value in
            let believed = other < Self.most ? other : value
            value = max(value, believed) &+ 1
            return value
        }
    }

    private static let most = Int64.max / 2
}
