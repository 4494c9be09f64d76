import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Synchronization
import Testing

@Suite("What results tell of failures and children")
struct FailureTests {
    @Test("an error that names a Python exception fails as that, with its arguments")
    func pythonException() async throws {
        let app = try makeApp()
        let fail = try app.task("fail") { (text: String) -> Int in throw WrongValue(text: text) }
        let result = try await app.send(fail("boom"))
        _ = try await drain(app)
        let failure = try await result.failure()
        #expect(failure.type == "ValueError" && failure.module == "builtins")
        #expect(failure.message == "boom")
    }

    @Test("by default a Python exception is one of builtins with the error's words")
    func defaults() {
        struct Plain: PythonException, CustomStringConvertible {
            let description = "no such file"
            let exceptionType = "FileNotFoundError"
        }
        let error = Plain()
        #expect(error.exceptionModule == "builtins" && error.exceptionArguments == ["no such file"])
    }

    @Test("the failures that a worker finds bear Celery's names and modules")
    func names() async throws {
        let time = ManualTime()
        let log = ChangeLog(MemoryStore(time: time))
        let app = try TaskApp(
            Backend(broker: PlainBroker(log.store), results: log), options: AppOptions(discoversTasks: false),
            time: time)
        let reject = try app.task("reject") { (n: Int) -> Int in
            throw TaskContext.current?.reject("no") ?? Hiccup() as any Error
        }
        try await app.send(reject(1))
        try await app.send("unknown")
        try await app.send(reject(2).with(CallOptions(expires: time.now.addingTimeInterval(-1))))
        _ = try await drain(app, WorkerOptions(concurrency: 1))
        let failures = log.changes.compactMap(\.failure)
        #expect(failures.map(\.type) == ["Reject", "NotRegistered", "TaskRevokedError"])
        #expect(failures.allSatisfy { $0.module == "celery.exceptions" })
        #expect(failures.map(\.arguments) == [["no", false], ["unknown"], []])
        #expect(failures[2].message == "expired")
    }

    @Test("a result tells which calls its task has sent, and of which call it is")
    func children() async throws {
        let time = ManualTime()
        let log = ChangeLog(MemoryStore(time: time))
        let app = try TaskApp(
            Backend(broker: PlainBroker(log.store), results: log), options: AppOptions(discoversTasks: false),
            time: time)
        let leaf = try app.task("leaf") { (n: Int) in n }
        let spawn = try app.task("spawn") { (count: Int) in
            for n in 0..<count { try await app.send(leaf(n)) }
            return count
        }
        let result = try await app.send(spawn(2).with(CallOptions(headers: ["tenant": "acme"])))
        _ = try await drain(app, WorkerOptions(concurrency: 1))
        let ends = log.changes.filter { $0.state == .success }
        let parent = try #require(ends.first { $0.id == result.id })
        let leaves = ends.filter { $0.id != result.id }
        #expect(parent.children == leaves.map { ResultNode($0.id) } && leaves.count == 2)
        #expect(leaves.allSatisfy { $0.parentID == result.id && $0.children.isEmpty })
        #expect(parent.call?.headers.extra["tenant"] == "acme")
    }
}

/// A result backend that remembers what it was told.
private final class ChangeLog: ResultBackend {
    let transport = "log"
    let store: MemoryStore
    private let log = Guarded<[StateChange]>([])

    init(_ store: MemoryStore) { self.store = store }

    var changes: [StateChange] { log.withLock { $0 } }

    func record(_ changes: [StateChange]) async throws {
        log.withLock { $0 += changes }
        try await store.record(changes)
    }

    func record(of id: TaskID) async throws -> TaskRecord? { try await store.record(of: id) }
    func records(of ids: [TaskID]) async throws -> [TaskID: TaskRecord] { try await store.records(of: ids) }
    func nextRecord(of id: TaskID, after seen: TaskRecord?) async throws -> TaskRecord? {
        try await store.nextRecord(of: id, after: seen)
    }
    func forget(_ id: TaskID) async throws { try await store.forget(id) }
}
