public import CeleriacCore
import Foundation
import GRDB
import StoreKit

extension SQLiteStore {
    public func record(_ changes: [StateChange]) async throws {
        guard !changes.isEmpty else { return }
        let stored = changes.map(StoredChange.init)
        // Progress is soon reported again; only terminal states must survive a power cut.
        let isDurable = changes.contains { $0.state.isTerminal }
        try await writer.perform(rows: stored.count, isDurable: isDurable) { transaction in
            for change in stored { try transaction.record(change) }
        }
    }

    public func record(of id: TaskID) async throws -> TaskRecord? {
        let moment = moment
        return try await readRecord { try $0.record(of: id, at: moment) }
    }

    public func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] {
        var records: [TaskID: TaskRecord] = [:]
        for part in ids.parts(of: Self.recordsPerRead) {
            let moment = moment
            let found = try await readRecord { database in
                try part.compactMap { try database.record(of: $0, at: moment) }
            }
            for record in found { records[record.id] = record }
        }
        return records
    }

    public func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        try await untilFound([.record(id)]) {
            let record = try await self.record(of: id)
            return record == seen ? .nothing(pause: self.pause()) : .found(record)
        }
    }

    public func forget(_ id: TaskID) async throws {
        try await writer.perform { try $0.forget(id) }
    }

    public func complete(_ completions: [Completion]) async throws -> Set<Receipt> {
        guard !completions.isEmpty else { return [] }
        let stored = completions.map(StoredCompletion.init)
        return try await writer.perform(rows: stored.reduce(0) { $0 + $1.rows }) { transaction in
            var lost: Set<Receipt> = []
            for completion in stored where try !transaction.complete(completion) { lost.insert(completion.receipt) }
            return lost
        }
    }
}
