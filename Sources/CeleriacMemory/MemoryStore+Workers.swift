public import CeleriacCore

extension MemoryStore: WorkerDirectory {
    public func beat(_ status: WorkerStatus) async throws {
        change { ledger, _ in ledger.workers[status.name] = status }
    }

    public func leave(_ worker: String) async throws {
        change { ledger, _ in ledger.workers[worker] = nil }
    }

    public func workers() async throws -> [WorkerStatus] {
        change { ledger, now in
            ledger.workers.values.filter { $0.expires > now.date }.sorted { $0.name < $1.name }
        }
    }
}
