import CeleriacCore
import PostgresClient
import PostgresUnderTest
import StoreKit
import TestKit
import Testing

@testable import CeleriacPostgres

/// While a snapshot is open, the server keeps every row that was deleted since, and every entry of an index that leads to
/// it: a claim from the beginning of its queue passes over all of them. ``Outlook`` gives claims a lower bound.
@Suite("A snapshot that somebody keeps open", .serialized, .timeLimit(.minutes(30)))
struct SnapshotTests {
    private static let batch = 256
    /// How many messages are claimed while the snapshot is open.
    private static let count = LongRun.count(200_000, short: 20_000)

    @Test("beside an open snapshot a claim of 256 stays as cheap as it was; a vacuum afterwards clears all")
    func openSnapshot() async throws {
        try await Stores.withStillStore { store, server, database in
            try await store.stopAutovacuum()
            try await store.fill(with: Self.count + 10 * Self.batch)
            _ = try await store.claimed(Self.batch)
            let before = try await store.pages { try await claimAndEnd(store) }
            var after: [String: Int64] = [:]
            try await Self.withSnapshot(server, database) {
                for _ in 0..<Self.count / Self.batch { try await claimAndEnd(store) }
                try await Self.expectKept(Self.count - Self.batch, store, server, database)
                after = try await store.pages { try await claimAndEnd(store) }
                // What each claim would touch without the bound.
                store.outlook.forget()
                let unbound = try await store.pages { try await claimAndEnd(store) }
                print("pages of a claim and its end, before: \(before.summary)")
                print("after \(Self.count) claims: \(after.summary)\nwithout the bound: \(unbound.summary)")
                #expect(unbound["ready_by_place"] ?? 0 > 5 * (after["ready_by_place"] ?? 0))
            }
            #expect(after.total <= 3 * before.total)
            #expect(after["ready_by_place"] ?? 0 <= 3 * (before["ready_by_place"] ?? 0))

            try await server.psql("VACUUM celeriac.call, celeriac.ready, celeriac.lease", database: database)
            let dead = try await store.statistics("n_dead_tup")
            for table in ["call", "ready", "lease"] { #expect(dead[table] == 0, "dead rows of \(table)") }
            store.outlook.forget()
            let cleared = try await store.pages { try await claimAndEnd(store) }
            #expect(cleared.total <= 2 * before.total)
        }
    }

    private func claimAndEnd(_ store: PostgresStore) async throws {
        let claimed = try await store.claimed(Self.batch)
        #expect(claimed.count == Self.batch)
        let ends = claimed.map { message in
            Completion(
                receipt: message.receipt, settlement: .ack,
                change: StateChange(id: message.message.id, state: .success, at: store.time.now))
        }
        #expect(try await store.complete(ends) == [])
    }

    /// Keeps a snapshot open while `body` runs.
    private static func withSnapshot(
        _ server: PostgresServer, _ database: String, _ body: () async throws -> Void
    ) async throws {
        let reader = PostgresClient(Stores.configuration(server, database), logger: .quiet)
        defer { reader.close() }
        try await reader.withTransaction(within: .minutes(30)) { transaction in
            try await transaction.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            try await transaction.query("SELECT count(*) FROM celeriac.ready")
            try await body()
        }
    }

    /// Expects that the server cannot clear the rows that were deleted so far.
    private static func expectKept(
        _ count: Int, _ store: PostgresStore, _ server: PostgresServer, _ database: String
    ) async throws {
        try await server.psql("VACUUM celeriac.ready", database: database)
        #expect(try await store.statistics("n_dead_tup")["ready"] ?? 0 >= count)
    }
}
