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

    /// Where claims may begin once this place was the first: a little before it while it is fresh, since publications that
    /// began earlier may be committed later.
    ///
    /// - Parameter now: the server's clock, to within a second.
    fileprivate func asBegin(at now: Date) -> Place {
        let isFresh = due > now.addingTimeInterval(-2)
        return isFresh ? Place(rank: rank, due: due.addingTimeInterval(-0.1), call: 0) : self
    }

    static func rank(_ priority: CallPriority, atFront: Bool = false) -> Int16 {
        Int16(2 * (9 - priority.rawValue) + (atFront ? 0 : 1))
    }

    static func priority(ofRank rank: Int64) -> CallPriority { CallPriority(clamping: 9 - Int(clamping: rank / 2)) }
}

/// What this process knows of the queues that it claims from: where a claim may begin, and when delayed messages are due.
///
/// The server cannot forget deleted entries of an index while some transaction keeps an old snapshot open, and a claim from
/// the beginning would pass over all of them. So a claim begins at the first place that the last one found. It looks from
/// the beginning whenever something was put before that place, after most of a second, and soon after it found nothing:
/// what a long transaction has published stands at the time when that began.
final class Outlook: Sendable {
    private struct Queue {
        var begin = Place.first
        /// How often `begin` was taken back.
        var resets = 0
        /// By the clock's `uptime`: when a claim looked from the beginning.
        var lastWholeLook: Duration?
        /// Whether a claim that did not look from the beginning has found nothing since.
        var isInDoubt = false
        /// When delayed messages must be looked at.
        var promotion = Duration.zero

        /// When a claim must look from the beginning again.
        var wholeLook: Duration {
            guard begin != .first, let lastWholeLook else { return .zero }
            return lastWholeLook + (isInDoubt ? Outlook.doubt : Outlook.interval)
        }
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
        fileprivate var resets: [Int] = []
    }

    private static let interval = Duration.milliseconds(750)
    /// How often lapsed leases of other processes are looked for.
    static let sweepInterval = Duration.milliseconds(375)
    /// As many looks from the beginning as a process that is woken in vain all the time may cost the server.
    private static let doubt = Duration.milliseconds(100)
    private let state = Guarded(State())

    /// Whether lapsed leases must be looked for before a claim: their messages go in front of others.
    func isSweepDue(at now: Duration) -> Bool { state.withLock { now >= $0.sweep } }

    func plan(_ order: [QueueName], at now: Duration) -> Plan {
        state.withLock { state in
            var plan = Plan()
            for name in order {
                var queue = state.queues[name] ?? Queue()
                if now >= queue.promotion { plan.promotes.append(name) }
                let isWhole = now >= queue.wholeLook || !plan.promotes.isEmpty
                if isWhole { (queue.lastWholeLook, queue.isInDoubt) = (now, false) }
                plan.begins.append(isWhole ? .first : queue.begin)
                plan.resets.append(queue.resets)
                state.queues[name] = queue
            }
            return plan
        }
    }

    /// A claim has found these messages, the first of each queue.
    ///
    /// - Parameter now: the server's clock, to within a second.
    func noteClaim(_ firsts: [QueueName: Place], after plan: Plan, of order: [QueueName], at now: Date) {
        state.withLock { state in
            for (index, name) in order.enumerated() {
                // What was put in front meanwhile, the claim may not have seen.
                guard var queue = state.queues[name], queue.resets == plan.resets[index] else { continue }
                if let first = firsts[name] { queue.begin = first.asBegin(at: now) }
                if firsts.isEmpty, plan.begins[index] != .first { queue.isInDoubt = true }
                state.queues[name] = queue
            }
        }
    }

    /// Whether a claim of these queues may pass over what stands before the place where it begins.
    func isBounded(_ order: [QueueName]) -> Bool {
        state.withLock { state in order.contains { state.queues[$0].map { $0.begin != .first } ?? false } }
    }

    /// Lets the next claim look from the beginning.
    func lookWhole(at order: [QueueName]) {
        state.withLock { state in for name in order { state.queues[name]?.lastWholeLook = nil } }
    }

    func notePromotion(of queues: [QueueName], next: Duration?, at now: Duration) {
        let due = min(next.map { now + max(.zero, $0) } ?? .seconds(Int64.max / 4), now + Self.interval)
        state.withLock { state in
            for name in queues { state.queues[name, default: Queue()].promotion = due }
        }
    }

    /// - Parameters:
    ///   - isWhole: whether there were no lapsed leases left.
    ///   - next: how soon the next lease lapses, if before the next sweep.
    func noteSweep(isWhole: Bool, next: Duration?, at now: Duration) {
        let due = now + min(Self.sweepInterval, max(.zero, next ?? Self.sweepInterval))
        state.withLock { $0.sweep = isWhole ? due : now }
    }

    /// A lease of this process ends then.
    func noteLease(until end: Duration) { state.withLock { $0.sweep = min($0.sweep, end) } }

    /// A message of this rank was published, or put back in front of others if it is 0.
    func noteReady(_ name: QueueName, rank: Int16) {
        state.withLock { state in
            guard var queue = state.queues[name], rank < queue.begin.rank || rank == 0 else { return }
            queue.begin = .first
            queue.resets += 1
            state.queues[name] = queue
        }
    }

    /// A delayed message has come.
    func noteDelayed(_ name: QueueName) { state.withLock { $0.queues[name]?.promotion = .zero } }

    /// Notifications were missed.
    func forget() { state.withLock { $0.queues = [:] } }

    /// When these queues must be looked at next: for delayed messages, or from the beginning because of a doubt.
    func nextLook(of order: [QueueName]) -> Duration? {
        state.withLock { state in
            order.compactMap { state.queues[$0] }.map { $0.isInDoubt ? min($0.promotion, $0.wholeLook) : $0.promotion }
                .min()
        }
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
