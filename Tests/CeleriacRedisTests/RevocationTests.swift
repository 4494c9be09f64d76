import CeleriacCore
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Revocations in Redis", .oneServer, .timeLimit(.minutes(15)))
struct RevocationTests {
    @Test("a later date wins over an earlier one, and terminate stays")
    func laterDateWins() async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let (soon, later) = (Date(timeIntervalSince1970: 4e9), Date(timeIntervalSince1970: 5e9))
        try await store.revoke(["a"], terminate: true, until: later)
        try await store.revoke(["a"], terminate: false, until: soon)
        let expected = Revocation(id: "a", terminate: true, until: later)
        #expect(try await store.revocations(among: ["a"]) == ["a": expected])
        await store.close()
    }

    @Test("what has begun or is over keeps its state", arguments: ["STARTED", "UPLOADING", "SUCCESS", "FAILURE"])
    func keepsState(state: String) async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        try await store.record([StateChange(id: "a", state: TaskState(state), at: Date())])
        try await store.revoke(["a"], terminate: true, until: Date().addingTimeInterval(60))
        #expect(try await store.record(of: "a")?.state.rawValue == state)
        await store.close()
    }

    @Test("what has not begun becomes REVOKED", arguments: ["PENDING", "RECEIVED", "RETRY", "REJECTED"])
    func becomesRevoked(state: String) async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        try await store.record([StateChange(id: "a", state: TaskState(state), at: Date())])
        try await store.revoke(["a", "b"], terminate: false, until: Date().addingTimeInterval(60))
        #expect(try await store.record(of: "a")?.state == .revoked)
        #expect(try await store.record(of: "b")?.failure?.type == "TaskRevokedError")
        await store.close()
    }

    @Test("Celery raises TaskRevokedError for it", .enabled(if: Python.isThere))
    func pythonRaises() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inResults(prefix: prefix)
        try await store.revoke(["a"], terminate: false, until: Date().addingTimeInterval(60))
        let script = """
            from celery.exceptions import TaskRevokedError
            try: app.AsyncResult('a').get(timeout=10)
            except TaskRevokedError as error: print(error)
            """
        #expect(try await Python.run(script, prefix: prefix) == "revoked")
        await store.close()
    }
}
