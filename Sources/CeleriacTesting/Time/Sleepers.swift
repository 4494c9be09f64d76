#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore

/// The tasks that sleep on a ``ManualTime``, and the times that the clock shows.
struct Sleepers {
    typealias Continuation = CheckedContinuation<Void, any Error>

    private struct Sleeper {
        let id: UInt64
        let deadline: Duration
        let continuation: Continuation
    }

    private struct Observer {
        let id: UInt64
        let count: Int
        let continuation: Continuation
    }

    /// Not zero, since the uptime of a real machine is never zero.
    private static let firstUptime = Duration.seconds(1000)

    private(set) var uptime = Sleepers.firstUptime
    private let start: Date
    private var shift = Duration.zero
    private var lastID: UInt64 = 0
    /// Sorted by deadline; sleepers with equal deadlines stay in the order in which they arrived.
    private var sleepers: [Sleeper] = []
    private var observers: [Observer] = []

    init(start: Date) {
        self.start = start
    }

    /// Calculated by a single addition, so that rounding errors do not add up: whole seconds stay whole.
    var now: Date { start.adding(uptime - Self.firstUptime + shift) }
    var count: Int { sleepers.count }
    var next: Duration? { sleepers.first?.deadline }

    func hasDeadline(_ deadline: Duration) -> Bool { sleepers.contains { $0.deadline == deadline } }

    mutating func makeID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// - Returns: the observers that waited for this number of sleepers.
    mutating func park(_ continuation: Continuation, as id: UInt64, until deadline: Duration) -> [Continuation] {
        let sleeper = Sleeper(id: id, deadline: deadline, continuation: continuation)
        let place = sleepers.firstIndex { $0.deadline > sleeper.deadline } ?? sleepers.endIndex
        sleepers.insert(sleeper, at: place)
        let content = observers.filter { $0.count <= sleepers.count }
        observers.removeAll { $0.count <= sleepers.count }
        return content.map(\.continuation)
    }

    mutating func remove(_ id: UInt64) -> Continuation? {
        sleepers.firstIndex { $0.id == id }.map { sleepers.remove(at: $0).continuation }
    }

    mutating func addObserver(_ continuation: Continuation, as id: UInt64, _ count: Int) {
        observers.append(Observer(id: id, count: count, continuation: continuation))
    }

    mutating func removeObserver(_ id: UInt64) -> Continuation? {
        observers.firstIndex { $0.id == id }.map { observers.remove(at: $0).continuation }
    }

    /// Moves to the earliest deadline and takes out its sleeper, unless the deadline is later than `limit`.
    ///
    /// - Returns: the sleeper, to be resumed without the lock: resuming a task takes a lock of that task, which whoever
    ///   cancels it holds while it waits for ours.
    mutating func takeFirst(notAfter limit: Duration) -> Continuation? {
        guard let first = sleepers.first, first.deadline <= limit else { return nil }
        sleepers.removeFirst()
        move(to: first.deadline)
        return first.continuation
    }

    mutating func move(to instant: Duration) {
        uptime = max(uptime, instant)
    }

    mutating func shift(by difference: Duration) {
        shift += difference
    }
}
