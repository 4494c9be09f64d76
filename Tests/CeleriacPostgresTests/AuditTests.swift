import CeleriacCore
import CeleriacTesting
import Foundation
import PostgresClient
import Synchronization
import Testing

@testable import CeleriacPostgres

@Suite("The audit log and pauses in PostgreSQL", .serialized, .timeLimit(.minutes(15)))
struct AuditTests {
    @Test("the newest 100,000 entries are kept")
    func bounded() async throws {
        try await Stores.withVirtualTime { store, time in
            _ = try await store.query(
                """
                INSERT INTO celeriac.audit (id, at, entry)
                SELECT 'old-' || i, now() + interval '1 year', '{}' FROM generate_series(1, 100010) i
                """)
            for id in ["a", "b"] {
                try await store.append(AuditEntry(id: id, at: time.now, user: "ada", action: "pause"))
            }
            let count = try await store.query("SELECT count(*) FROM celeriac.audit").first?.int(0)
            #expect(count == Int64(AuditEntry.mostKept))
            #expect(try await store.auditEntries(after: nil, limit: 2).map(\.id) == ["b", "a"])
        }
    }

    @Test("a pause waits for a claim that had begun before it")
    func claimUnderWay() async throws {
        try await Stores.withStore { store, server, database in
            let other = PostgresClient(Stores.configuration(server, database), logger: .quiet)
            defer { other.close() }
            let pause = Pause()
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await other.withTransaction(within: .seconds(30)) { transaction in
                    // Locks what a claim locks.
                    try await transaction.query("LOCK TABLE celeriac.lease IN ROW EXCLUSIVE MODE")
                    group.addTask {
                        try await store.setPaused(true, .default, by: "ada", note: "")
                        pause.end()
                    }
                    while try await store.pausedQueues().isEmpty {}
                    for _ in 0..<20 { _ = try await store.pausedQueues() }
                    #expect(!pause.hasReturned)
                }
                try await group.waitForAll()
            }
            #expect(pause.hasReturned)
        }
    }
}

private final class Pause: Sendable {
    private let state = Guarded(false)

    var hasReturned: Bool { state.withLock { $0 } }
    func end() { state.withLock { $0 = true } }
}
