public import CeleriacCore

extension MemoryStore: Inspector {
    public func queues() async throws -> [QueueName] {
        change { ledger, _ in
            ledger.queues.filter(\.isUsed).map(\.name).sorted { $0.rawValue < $1.rawValue }
        }
    }

    /// Leased messages come in the order in which they were claimed.
    public func messages(
        in queue: QueueName, _ status: MessagePlace.Status, after cursor: Cursor?, limit: Int
    ) async throws -> Page<QueuedMessage> {
        let (list, limit) = (MessageList("memory", queue, status), limit.ofPage)
        let last = try cursor.map { try ListKey($0, of: list) }
        guard limit > 0 else { return Page([], next: cursor) }
        let listed = change { ledger, now in ledger.messages(in: queue, status, after: last, limit: limit, now) }
        return Page(listed.map(\.message), next: listed.count < limit ? nil : listed.last?.key.cursor(of: list))
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
