package import CeleriacCore
import Synchronization

/// Those of this process who wait for messages, by queue.
package final class WakeUps: Sendable {
    private let waiters = Guarded<[QueueName: [ObjectIdentifier: Waiter]]>([:])

    package init() {}

    /// Rings `waiter` for each of these queues, until it leaves.
    package func add(_ waiter: Waiter, for queues: [QueueName]) {
        waiters.withLock { waiters in
            for queue in queues { waiters[queue, default: [:]][ObjectIdentifier(waiter)] = waiter }
        }
    }

    package func remove(_ waiter: Waiter, for queues: [QueueName]) {
        waiters.withLock { waiters in
            for queue in queues {
                waiters[queue]?[ObjectIdentifier(waiter)] = nil
                if waiters[queue]?.isEmpty == true { waiters[queue] = nil }
            }
        }
    }

    package func hasWaiter(for queue: QueueName) -> Bool { waiters.withLock { $0[queue] != nil } }

    /// Wakes those who wait for one of these queues.
    package func ring(_ queues: some Sequence<QueueName>) {
        let rung = waiters.withLock { waiters in
            waiters.isEmpty ? [] : queues.flatMap { waiters[$0]?.values.map { $0 } ?? [] }
        }
        for waiter in rung { waiter.ring() }
    }

    package func ringAll() {
        for waiter in waiters.withLock({ $0.values.flatMap(\.values) }) { waiter.ring() }
    }
}
