import CeleriacCore
import Synchronization

/// Those of this process who wait for messages, by queue.
final class WakeUps: Sendable {
    private let waiters = Guarded<[QueueName: [ObjectIdentifier: Waiter]]>([:])

    /// Rings `waiter` for each of these queues, until it leaves.
    func add(_ waiter: Waiter, for queues: [QueueName]) {
        waiters.withLock { waiters in
            for queue in queues { waiters[queue, default: [:]][ObjectIdentifier(waiter)] = waiter }
        }
    }

    func remove(_ waiter: Waiter, for queues: [QueueName]) {
        waiters.withLock { waiters in
            for queue in queues {
                waiters[queue]?[ObjectIdentifier(waiter)] = nil
                if waiters[queue]?.isEmpty == true { waiters[queue] = nil }
            }
        }
    }

    func hasWaiter(for queue: QueueName) -> Bool { waiters.withLock { $0[queue] != nil } }

    /// Wakes those who wait for one of these queues.
    func ring(_ queues: some Sequence<QueueName>) {
        let rung = waiters.withLock { waiters in
            waiters.isEmpty ? [] : queues.flatMap { waiters[$0]?.values.map { $0 } ?? [] }
        }
        for waiter in rung { waiter.ring() }
    }

    func ringAll() {
        for waiter in waiters.withLock({ $0.values.flatMap(\.values) }) { waiter.ring() }
    }
}
