public import CeleriacCore

extension MemoryStore: Inspector {
    public func queues() async throws -> [QueueName] {
        change { ledger, _ in
            ledger.queues.filter(\.isUsed).map(\.name).sorted { $0.rawValue < $1.rawValue }
        }
    }

    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, offset: Int, limit: Int
    ) async throws -> [QueuedMessage] {
        change { ledger, now in ledger.messages(in: queue, status, offset: offset, limit: limit, now) }
    }

    public func message(of id: TaskID) async throws -> QueuedMessage? {
        change { ledger, now in ledger.message(of: id, now) }
    }

    /// - Complexity: grows with the queue; the position is counted, not stored.
    public func position(of id: TaskID) async throws -> Int? {
        change { ledger, now in ledger.position(of: id, now) }
    }

    public func remove(_ id: TaskID) async throws -> Bool {
        change { ledger, now in ledger.remove(id, now) }
    }
}
