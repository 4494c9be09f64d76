public import CeleriacCore
public import Foundation
import GRDB
import StoreKit

extension SQLiteStore: RevocationStore {
    @discardableResult
    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID> {
        let changes = ids.map { StoredChange(.revoked($0, at: time.now, expires: until)) }
        return try await writer.perform(rows: ids.count) { transaction in
            var removed: Set<TaskID> = []
            for change in changes where try transaction.revoke(change, terminate: terminate, until: until) {
                removed.insert(change.id)
            }
            return removed
        }
    }

    public func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation] {
        guard !ids.isEmpty else { return [:] }
        let moment = moment
        return try await readRecord { try $0.revocations(among: ids, at: moment) }
    }

    public func nextRevocation(after generation: Int64) async throws -> Int64 {
        try await untilFound([.revocation]) {
            let newest = try await self.readRecord { try $0.revocationGeneration() }
            return newest > generation ? .found(newest) : .nothing(pause: self.pause())
        }
    }
}

extension SQLiteStore: WorkerDirectory {
    public func beat(_ status: WorkerStatus) async throws {
        let line = try JSONEncoder().encode(status)
        try await writer.perform(isDurable: false) { transaction in
            var insert = try transaction.use(.insertWorker)
            insert.bind(status.name)
            insert.bind(status.expires.timeIntervalSinceReferenceDate)
            insert.bind([UInt8](line))
            try insert.run()
        }
    }

    public func leave(_ worker: String) async throws {
        try await writer.perform(isDurable: false) { transaction in
            var delete = try transaction.use(.deleteWorker)
            delete.bind(worker)
            try delete.run()
        }
    }

    public func workers() async throws -> [WorkerStatus] {
        let now = moment.wallClock
        let lines = try await inspect { db in
            var find = try db.use(ReadSQL.workers)
            find.bind(now)
            var lines: [Data] = []
            while try find.step() { lines.append(Data(find.bytes(0))) }
            return lines
        }
        // This version cannot show a line that a later version wrote in another form.
        return lines.compactMap { try? JSONDecoder().decode(WorkerStatus.self, from: $0) }
    }
}
