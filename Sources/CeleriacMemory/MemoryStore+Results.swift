public import CeleriacCore

extension MemoryStore {
    public func record(_ changes: [StateChange]) async throws {
        change { ledger, now in
            for change in changes { ledger.record(change, now) }
            ledger.dropExpired(limit: 2 * changes.count, now)
        }
    }

    public func record(of id: TaskID) async throws -> TaskRecord? {
        change { ledger, now in ledger.record(of: id, now) }
    }

    public func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        var records: [TaskID: TaskRecord] = [:]
        for part in ids.parts(of: Self.recordsPerRead) {
            change { ledger, now in
                for id in part { records[id] = ledger.record(of: id, now) }
            }
        }
        return records
    }

    public func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        while true {
            try Task.checkCancellation()
            let (record, ticket) = change { ledger, now -> (TaskRecord?, UInt64?) in
                let record = ledger.record(of: id, now)
                return (record, record == seen ? ledger.watch(id) : nil)
            }
            guard let ticket else { return record }
            defer { change { ledger, _ in ledger.unwatch(id, ticket) } }
            try await sleep(ticket)
        }
    }

    public func forget(_ id: TaskID) async throws {
        change { ledger, _ in ledger.forget(id) }
    }
}
