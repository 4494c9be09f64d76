import Celeriac
import CeleriacCore
import Foundation
import Testing

// What Python/tasks.py has, as Swift sees it.

private struct Person: Codable, Hashable, Sendable {
    var name: String, age: Int, tags: [String]
}

@RemoteTask("py.add") private func add(_ x: Int, _ y: Int) async throws -> Int
@RemoteTask("py.add") private func join(x: String, to y: String = "!") async throws -> String
@RemoteTask("py.add") private func addNothing() async throws -> Int
@RemoteTask("py.add") private func addThree(_ x: Int, _ y: Int, z: Int) async throws -> Int
@RemoteTask("py.add") private func addWrongly(_ x: Int, _ y: Int) async throws -> String
@RemoteTask("py.echo") private func echo(_ value: Int?) async throws -> Int?
@RemoteTask("py.date") private func someDate() async throws -> Date
@RemoteTask("py.fail") private func fail(_ kind: String, _ message: String) async throws
@RemoteTask("py.note", ignoreResult: true) private func note(_ journal: String, _ word: String) async throws
@RemoteTask("py.request", queue: "images", timeLimit: .seconds(30), priority: .high, expires: .hours(1))
private func request() async throws -> JSONValue

private enum Library {
    @RemoteTask("py.person") static func person(called name: String, age: Int) async throws -> Person
}

extension Interop {
    @Suite(
        "Swift calls Python through stubs", .timeLimit(.minutes(15)),
        .fleet {
            $0.pythonWorkers = [{ try PythonWorker(redis: $0, queues: ["celery", "images"], scratch: $1) }]
        }
    )
    struct RemoteTaskTests: Live {}
}

extension Interop.RemoteTaskTests {
    @Test("a stub is called like a function, and gives what Python returns", .timeLimit(.minutes(15)))
    func function() async throws {
        #expect(try await app.use { try await add(2, 2) } == 4)
        let ada = try await app.use { try await Library.person(called: "Ada", age: 36) }
        #expect(ada == Person(name: "Ada", age: 36, tags: ["a", "b"]))
        #expect(try await app.use { try await someDate() } == Date(timeIntervalSince1970: 1_795_335_000.5))
    }

    @Test("a stub's call is sent at once and its result is typed", .timeLimit(.minutes(15)))
    func delay() async throws {
        let sum = try await app.use { try await $add.delay(2, 2) }
        #expect(try await sum.get(timeout: .seconds(30)) == 4)
        let named = try await app.use { try await $add.applyAsync(20, 22, options: CallOptions(id: "typed-stub")) }
        #expect(named.id == "typed-stub")
        #expect(try await named.get(timeout: .seconds(30)) == 42)
        #expect(try await app.send($add(1, 2)).get(timeout: .seconds(30)) == 3)
    }

    @Test("labelled arguments are Python's keywords, under the parameter's own name", .timeLimit(.minutes(15)))
    func keywords() async throws {
        #expect(try await app.use { try await join(x: "a", to: "b") } == "ab")
        #expect(try await app.use { try await join(x: "a") } == "a!")
    }

    @Test("nil is None, both ways", .timeLimit(.minutes(15)))
    func optionals() async throws {
        #expect(try await app.use { try await echo(nil) } == nil)
        #expect(try await app.use { try await echo(7) } == 7)
    }

    @Test("wrong arguments are Python's TypeError", .timeLimit(.minutes(15)))
    func wrongArguments() async throws {
        let missing = await #expect(throws: TaskFailure.self) { try await app.use { try await addNothing() } }
        #expect(missing?.type == "TypeError")
        #expect(missing?.message.contains("missing 2 required positional arguments") == true)
        let surplus = await #expect(throws: TaskFailure.self) { try await app.use { try await addThree(1, 2, z: 3) } }
        #expect(surplus?.type == "TypeError")
        #expect(surplus?.message.contains("unexpected keyword argument 'z'") == true)
    }

    @Test("what Python raises is thrown by the stub", .timeLimit(.minutes(15)))
    func failure() async throws {
        let failure = await #expect(throws: TaskFailure.self) {
            try await app.use { try await fail("ValueError", "no more eggs") }
        }
        #expect(failure?.type == "ValueError" && failure?.message == "no more eggs")
    }

    @Test("a result of another type than the stub's is a typed error", .timeLimit(.minutes(15)))
    func wrongResult() async throws {
        let error = await #expect(throws: CeleriacError.self) { try await app.use { try await addWrongly(2, 2) } }
        #expect(error?.code == .wrongResultType)
    }

    @Test("a stub's options travel with its calls", .timeLimit(.minutes(15)))
    func options() async throws {
        let seen = try await app.use { try await request() }
        #expect(seen["delivery_info"]?["routing_key"] == "images")
        #expect(seen["timelimit"]?[0] == 30 || seen["timelimit"]?[0] == 30.0)
        #expect(seen["expires"]?.stringValue != nil && seen["ignore_result"] != true)
    }

    @Test("a stub that ignores its result has the Python worker keep none", .timeLimit(.minutes(15)))
    func ignoresResult() async throws {
        let journal = scratch.path("stub-notes")
        try await app.use { try await note(journal, "written") }
        try await waitUntil { scratch.lines("stub-notes") == ["written"] }
        let quiet = try await app.send($note(journal, "again"))
        try await waitUntil { scratch.lines("stub-notes").count == 2 }
        try await waitUntil { try await app.queue("celery").counts.leased == 0 }
        #expect(try await python("redis.exists('celery-task-meta-\(quiet.id)')") == 0)
    }
}
