public import CeleriacCore

extension MemoryStore: QueueGate {
    public func setPaused(_ isPaused: Bool, _ queue: QueueName, by actor: String, note: String) async throws {
        change { ledger, now in
            let pause = QueuePause(queue: queue, actor: actor, note: note, at: now.date)
            ledger.setPause(isPaused ? pause : nil, of: queue, now)
        }
    }

    public func pausedQueues() async throws -> [QueuePause] {
        change { ledger, _ in
            ledger.queues.compactMap(\.pause).sorted { $0.queue.rawValue < $1.queue.rawValue }
        }
    }
}
