public import CeleriacCore
public import Foundation
import PostgresClient
import StoreKit

extension PostgresStore: RevocationStore {
    @discardableResult
    public func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID> {
        guard !ids.isEmpty else { return [] }
        while try await !sweep() {}
        let removed = try await transaction { session in
            try await session.revoke(ids, terminate: terminate, until: until)
        }
        var wakes = Wakes()
        wakes.hasRevocations = true
        for id in ids { wakes.add(id) }
        wakeUps.ring(wakes)
        return removed
    }

    public func revocations(among ids: [TaskID]) async throws -> [TaskID: Revocation] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await run(.revocations, .texts(ids.map { StoredKey($0).key }), on: .relaxed)
        var byKey: [StoredKey: TaskID] = [:]
        for id in ids { byKey[StoredKey(id)] = id }
        var found: [TaskID: Revocation] = [:]
        for row in rows {
            guard let id = byKey[StoredKey(stored: try row.text(0))] else { continue }
            found[id] = Revocation(id: id, terminate: try row.bool(1), until: clock.here(try row.date(2)))
        }
        return found
    }

    public func nextRevocation(after generation: Int64) async throws -> Int64 {
        noticeBoard.listen(to: noticeBoard.channels.revocation)
        return try await wakeUps.untilFound([.revocation], time) {
            let newest = try await run(.generation, .text("revocation"), on: .relaxed).first?.int(0) ?? 0
            return newest > generation ? .found(newest) : .nothing(pause: .seconds(.random(in: 0.75...1)))
        }
    }
}

extension Session {
    /// Revokes calls: their waiting messages are removed, and their state becomes REVOKED.
    ///
    /// A message of a group stays, because a chord may wait for its part: a worker must find it revoked, and report
    /// that. A call that runs keeps its state.
    fileprivate func revoke(_ ids: [TaskID], terminate: Bool, until: Date) async throws -> Set<TaskID> {
        let keys = Set(ids.map { StoredKey($0) }).sorted { $0.key < $1.key }
        try await run([
            Request(.nextGeneration, [.text("revocation")]),
            Request(.revoke, [.texts(keys.map(\.key)), .bool(terminate), .date(store.clock.onServer(until))]),
            Request(.notify, [.text(store.noticeBoard.channels.revocation), .texts([""])]),
        ])
        let rows = try await run(.headersOf, .texts(keys.map(\.key)))
        let grouped = Set(
            try rows.filter { (try? MessageHeaders(parsing: try $0.bytes(1)))?.group != nil }
                .map { StoredKey(stored: try $0.text(0)) })
        let single = keys.filter { !grouped.contains($0) }
        let gone = try await run(.removeWaiting, .texts(single.map(\.key)))
        let removed = Set(try gone.map { StoredKey(stored: try $0.text(0)) })
        let waiting = try await self.waiting(grouped).union(removed)
        try await record(
            ids.filter { waiting.contains(StoredKey($0)) }.map {
                StoredChange(.revoked($0, at: store.time.now, expires: until))
            })
        return Set(ids.filter { removed.contains(StoredKey($0)) })
    }

    /// The calls among these whose messages wait.
    private func waiting(_ keys: Set<StoredKey>) async throws -> Set<StoredKey> {
        guard !keys.isEmpty else { return [] }
        let rows = try await run(.waitingAmong, .texts(keys.map(\.key)))
        return Set(try rows.map { StoredKey(stored: try $0.text(0)) })
    }
}
