import CeleriacCore
import Synchronization
import Foundation
import PostgresClient

/// The place of a ready message in its queue: the key of its row.
struct Place: Sendable, Hashable {
    var rank: Int16
    var due: Date
    var call: Int64

    static let first = Place(rank: 0, due: .distantPast, call: 0)

    /// A place a little before: publications that began earlier may be committed later.
    fileprivate var withMargin: Place { Place(rank: rank, due: due.addingTimeInterval(-0.1), call: 0) }

    static func rank(_ priority: CallPriority, atFront: Bool = false) -> Int16 {
        Int16(2 * (9 - priority.rawValue) + (atFront ? 0 : 1))
    }

    static func priority(ofRank rank: Int64) -> CallPriority { CallPriority(clamping: 9 - Int(clamping: rank / 2)) }
}

/// What this process knows of the queues that it claims from: where a claim may begin, and when delayed messages are due.
///
/// The server cannot forget deleted entries of an index while some transaction keeps an old snapshot open, and a claim from
/// the beginning would pass over all of them. So a claim begins at the first place that the last one found, as long as
/// the queue is never empty. Once a second, and whenever something was put before that place, it looks from the beginning.
final class Outlook: Sendable {
    private struct Queue {
        var begin = Place.first
        /// By the clock's `uptime`: when a claim must look from the beginning again.
        var wholeLook = Duration.zero
        /// When delayed messages must be looked at.
        var promotion = Duration.zero
    }

    private struct State {
        var queues: [QueueName: Queue] = [:]
        /// When lapsed leases must be looked for.
        var sweep = Duration.zero
    }

    /// What a claim has to do.
    struct Plan: Sendable {
        var begins: [Place] = []
        var promotes: [QueueName] = []
        var sweeps = false
    }

    private static let interval = Duration.seconds(1)
    private let state = Guarded(State())

    func plan(_ order: [QueueName], at now: Duration) -> Plan {
        state.withLock { state in
            var plan = Plan()
            plan.sweeps = now >= state.sweep
            for name in order {
                var queue = state.queues[name] ?? Queue()
                if now >= queue.promotion { plan.promotes.append(name) }
                if now >= queue.wholeLook || !plan.promotes.isEmpty { queue.begin = .first }
                if queue.begin == .first { queue.wholeLook = now + Self.interval }
                plan.begins.append(queue.begin)
                state.queues[name] = queue
            }
            return plan
        }
    }

    /// A claim has found these messages.
    ///
    /// - Parameter isFull: whether it found as many as it asked for.
    func noteClaim(_ firsts: [QueueName: Place], isFull: Bool, of order: [QueueName]) {
        state.withLock { state in
            for name in order { state.queues[name]?.begin = isFull ? firsts[name]?.withMargin ?? .first : .first }
        }
    }

    func notePromotion(of queues: [QueueName], next: Duration?, at now: Duration) {
        let due = min(next.map { now + max(.zero, $0) } ?? .seconds(Int64.max / 4), now + Self.interval)
        state.withLock { state in
            for name in queues { state.queues[name, default: Queue()].promotion = due }
        }
    }

    func noteSweep(isWhole: Bool, at now: Duration) {
        state.withLock { $0.sweep = isWhole ? now + Self.interval / 2 : now }
    }

    /// A lease of this process ends then.
    func noteLease(until end: Duration) { state.withLock { $0.sweep = min($0.sweep, end) } }

    /// A message of this rank was published, or put back in front of others if it is 0.
    func noteReady(_ name: QueueName, rank: Int16) {
        state.withLock { state in
            guard let queue = state.queues[name], rank < queue.begin.rank || rank == 0 else { return }
            state.queues[name]?.begin = .first
        }
    }

    /// A delayed message has come.
    func noteDelayed(_ name: QueueName) { state.withLock { $0.queues[name]?.promotion = .zero } }

    /// Notifications were missed.
    func forget() { state.withLock { $0.queues = [:] } }

    /// When delayed messages of these queues must be looked at next.
    func nextPromotion(of order: [QueueName]) -> Duration? {
        state.withLock { state in order.compactMap { state.queues[$0]?.promotion }.min() }
    }
}

/// The queues that this process has seen in the database. They are never deleted.
final class KnownQueues: Sendable {
    private let names = Guarded<Set<QueueName>>([])

    func missing(among queues: Set<QueueName>) -> [QueueName] {
        names.withLock { queues.subtracting($0).sorted { $0.rawValue < $1.rawValue } }
    }
    func add(_ queues: [QueueName]) { names.withLock { $0.formUnion(queues) } }
    func forget() { names.withLock { $0 = [] } }
}
