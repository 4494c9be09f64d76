package import CeleriacCore
import Synchronization

/// The waiters of this process: consumers by queue, callers by the call whose record they want, workers for
/// revocations. A ring wakes only the waiters that it concerns.
package final class WakeUps: Sendable {
    /// An event that a waiter waits for.
    package enum Event: Hashable, Sendable {
        case message(QueueName)
        case record(TaskID)
        case revocation

        package var kind: Kind {
            switch self {
            case .message: .message
            case .record: .record
            case .revocation: .revocation
            }
        }
    }

    package enum Kind: Int, Sendable, CaseIterable { case message, record, revocation }

    private typealias Waiters = [Event: [ObjectIdentifier: Waiter]]
    private let waiters = Guarded<Waiters>([:])

    package init() {}

    /// Rings `waiter` at each of these events, until it leaves.
    package func add(_ waiter: Waiter, for events: [Event]) {
        waiters.withLock { waiters in
            for event in events { waiters[event, default: [:]][ObjectIdentifier(waiter)] = waiter }
        }
    }

    package func remove(_ waiter: Waiter, for events: [Event]) {
        waiters.withLock { waiters in
            for event in events {
                waiters[event]?[ObjectIdentifier(waiter)] = nil
                if waiters[event]?.isEmpty == true { waiters[event] = nil }
            }
        }
    }

    package var isEmpty: Bool { waiters.withLock { $0.isEmpty } }

    package func hasWaiter(for event: Event) -> Bool { waiters.withLock { $0[event] != nil } }

    /// Wakes the waiters for messages in these queues.
    package func ring(_ queues: some Sequence<QueueName>) {
        ring { waiters in queues.flatMap { waiters[.message($0)]?.values.map { $0 } ?? [] } }
    }

    /// Wakes the waiters that a commit of this process concerns.
    package func ring(_ wakes: Wakes) {
        guard !wakes.isEmpty else { return }
        ring { waiters in
            var rung = wakes.queues.flatMap { waiters[.message($0)]?.values.map { $0 } ?? [] }
            for id in wakes.calls + wakes.moved {
                if let found = waiters[.record(id)] { rung += found.values }
            }
            if wakes.hasRevocations, let found = waiters[.revocation] { rung += found.values }
            return rung
        }
    }

    /// Wakes the waiters for the records of these calls: another process's signal does not name them in full.
    package func ringRecords(where isConcerned: (TaskID) -> Bool) {
        ring { waiters in
            waiters.filter { event, _ in
                guard case .record(let id) = event else { return false }
                return isConcerned(id)
            }.flatMap { $0.value.values }
        }
    }

    /// Wakes all waiters for these kinds of events: another process has changed something, and its signal contains no
    /// details.
    package func ringAll(for kinds: Set<Kind> = Set(Kind.allCases)) {
        ring { waiters in waiters.filter { kinds.contains($0.key.kind) }.flatMap { $0.value.values } }
    }

    private func ring(_ concerned: (Waiters) -> [Waiter]) {
        let rung = waiters.withLock { $0.isEmpty ? [] : concerned($0) }
        for waiter in rung { waiter.ring() }
    }
}
