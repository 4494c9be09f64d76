import Synchronization

/// A Lamport clock: a number for each thing that happened here, greater than those of all that it may have followed from.
///
/// One for each app, as in Celery. Source: `kombu/clocks.py`, `LamportClock`.
final class LogicalClock: Sendable {
    private let state = Guarded<Int64>(0)

    var value: Int64 { state.withLock { $0 } }

    /// One more, for something that happens here.
    @discardableResult
    func forward() -> Int64 {
        state.withLock { value in
            value &+= 1
            return value
        }
    }

    /// Moves past another's clock, whose message came in. One that is absurdly far ahead is not believed, since it could
    /// not be outrun.
    @discardableResult
    func adjust(to other: Int64) -> Int64 {
        state.withLock { value in
            let believed = other < Self.most ? other : value
            value = max(value, believed) &+ 1
            return value
        }
    }

    private static let most = Int64.max / 2
}
