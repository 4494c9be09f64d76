import CeleriacCore
import Synchronization

/// A consumer of a ``MemoryStore``, identified by a number that its leases carry.
final class MemoryConsumer: Consumer {
    private let store: MemoryStore
    private let lease: Duration
    private let number: Int32
    private let queues: Guarded<[(name: QueueName, index: Int)]>

    init(of names: [QueueName], lease: Duration, in store: MemoryStore) {
        self.store = store
        self.lease = lease
        let (number, queues) = store.change { ledger, _ in
            (ledger.makeConsumer(), names.map { (name: $0, index: ledger.queue($0)) })
        }
        self.number = number
        self.queues = Guarded(queues)
    }

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        let order = indices(of: order)
        do {
            while true {
                try Task.checkCancellation()
                let deliveries = store.change { ledger, now in
                    ledger.claim(limit, from: order, for: number, lease: lease, now)
                }
                if !deliveries.isEmpty || !wait { return deliveries }
                try await waitForMore(in: order)
            }
        } catch {
            store.change { ledger, _ in ledger.passWakingOn(order) }
            throw error
        }
    }

    func settle(_ settlements: [(Receipt, Settlement)]) async throws -> Set<Receipt> {
        store.settle(settlements)
    }

    func extendLeases(_ receipts: [Receipt], by duration: Duration) async throws -> Set<Receipt> {
        store.extendLeases(receipts, by: duration)
    }

    func releaseAll() {
        let queues = queues.withLock { $0.map(\.index) }
        store.change { ledger, _ in ledger.releaseAll(heldBy: number, in: queues) }
    }

    /// The indices of the queues. A queue that the consumer was not opened with becomes its own from now on.
    private func indices(of names: [QueueName]) -> [Int] {
        queues.withLock { queues in
            names.map { name in
                if let known = queues.first(where: { $0.name == name }) { return known.index }
                let index = store.change { ledger, _ in ledger.queue(name) }
                queues.append((name, index))
                return index
            }
        }
    }

    /// Suspends until a message may have become ready, or until something falls due by itself.
    private func waitForMore(in order: [Int]) async throws {
        guard let (ticket, alarm) = store.change({ ledger, now in ledger.waitForMore(in: order, now) }) else { return }
        defer { store.change { ledger, _ in ledger.leave(ticket) } }
        guard let alarm else { return try await store.sleep(ticket) }
        try await withThrowingTaskGroup(of: Void.self) { [store] group in
            group.addTask { try await store.sleep(ticket) }
            group.addTask { try await store.time.sleep(untilUptime: alarm) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
