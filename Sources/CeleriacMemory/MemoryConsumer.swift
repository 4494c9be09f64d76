import CeleriacCore

/// A consumer of a ``MemoryStore``: a number that its leases bear.
final class MemoryConsumer: Consumer {
    private let store: MemoryStore
    private let lease: Duration
    private let number: Int32
    private let queues: [(name: QueueName, index: Int)]

    init(of names: [QueueName], lease: Duration, in store: MemoryStore) {
        self.store = store
        self.lease = lease
        (number, queues) = store.change { ledger, _ in
            (ledger.makeConsumer(), names.map { ($0, ledger.queue($0)) })
        }
    }

    func next(upTo limit: Int, from order: [QueueName], wait: Bool) async throws -> [Delivery] {
        let order = order.compactMap { name in queues.first { $0.name == name }?.index }
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

    func releaseAll() {
        store.change { ledger, _ in ledger.releaseAll(heldBy: number, in: queues.map(\.index)) }
    }

    /// Suspends until a message may have become ready, or has fallen due by itself.
    private func waitForMore(in order: [Int]) async throws {
        guard let (ticket, pause) = store.change({ ledger, now in ledger.waitForMore(in: order, now) }) else { return }
        defer { store.change { ledger, _ in ledger.leave(ticket) } }
        guard let pause else { return try await store.sleep(ticket) }
        await withTaskGroup(of: Void.self) { [store] group in
            // Either may end by cancellation: the loop that called then looks at its own.
            group.addTask { try? await store.sleep(ticket) }
            group.addTask { try? await store.time.sleep(for: pause) }
            await group.next()
            group.cancelAll()
        }
    }
}
