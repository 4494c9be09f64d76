import Celeriac
import CeleriacCore
import Foundation
import Testing

extension Interop.SwiftCallsPython {
    @Test(
        "a Python exception is a TaskFailure with its type, module and words", .timeLimit(.minutes(15)),
        arguments: [
            ("ValueError", "builtins", "bad value"), ("KeyError", "builtins", "missing"), ("AppError", "tasks", "own"),
            ("Outer.NestedError", "tasks", "nested"),
        ]
    )
    func exception(_ type: String, _ module: String, _ message: String) async throws {
        let name = type.split(separator: ".").last.map(String.init) ?? type
        let failing = try await app.send("py.fail", args: [.string(name), .string(message)])
        let failure = await #expect(throws: TaskFailure.self) { try await failing.get(timeout: limit) }
        #expect(failure?.type == type && failure?.module == module)
        #expect(failure?.message.contains(message) == true)
        // One argument is the message; only what a message does not say is told as arguments.
        #expect(failure?.arguments.isEmpty == true)
        #expect(failure?.traceback?.contains("Traceback") == true)
        #expect(try await failing.state == .failure)
    }

    @Test("an exception of several arguments keeps them", .timeLimit(.minutes(15)))
    func exceptionArguments() async throws {
        let failing = try await app.send("py.fail", args: ["ValueError", "a", 7, nil])
        let failure = await #expect(throws: TaskFailure.self) { try await failing.get(timeout: limit) }
        #expect(failure?.arguments == ["a", 7, nil])
    }

    @Test("a task that the Python worker does not know fails as NotRegistered", .timeLimit(.minutes(15)))
    func notRegistered() async throws {
        let failing = try await app.send("py.no_such_task")
        let failure = await #expect(throws: TaskFailure.self) { try await failing.get(timeout: limit) }
        #expect(failure?.type == "NotRegistered" && failure?.module == "celery.exceptions")
    }

    @Test("STARTED is seen, with the worker that runs it", .timeLimit(.minutes(15)))
    func started() async throws {
        let gate = scratch.gate()
        let held = try await app.send("py.hold", args: [.string(gate.path)])
        for try await update in held.updates where update.state == .started { break }
        #expect(try await held.record?.worker == fleet.pythonNode)
        try gate.open()
        #expect(try await held.get(timeout: limit) == "released")
    }

    @Test("PROGRESS and its meta are seen while the task runs", .timeLimit(.minutes(15)))
    func progress() async throws {
        let gate = scratch.gate()
        let going = try await app.send("py.progress", args: [.string(gate.path)])
        var seen: TaskProgress?
        for try await update in going.updates where update.state == .progress {
            seen = try update.meta()
            break
        }
        #expect(seen == TaskProgress(fraction: 0.5, note: "half"))
        try gate.open()
        #expect(try await going.get(timeout: limit) == "done")
    }

    @Test("a custom state of Python's is seen with what it says", .timeLimit(.minutes(15)))
    func customState() async throws {
        let gate = scratch.gate()
        let going = try await app.send("py.custom_state", args: ["UPLOADING", ["page": 3], .string(gate.path)])
        var meta: JSONValue?
        for try await update in going.updates where update.state == "UPLOADING" {
            meta = try update.meta()
            break
        }
        #expect(meta == ["page": 3])
        try gate.open()
        #expect(try await going.get(timeout: limit) == .null)
    }

    @Test("Python's retries end in the result of the last attempt", .timeLimit(.minutes(15)))
    func retries() async throws {
        #expect(try await app.send("py.retry", args: [2]).get(timeout: limit) == 2)
    }

    @Test("RETRY is seen with its exception", .timeLimit(.minutes(15)))
    func retryState() async throws {
        let later = try await app.send("py.retry_after", args: [300])
        var failure: TaskFailure?
        for try await update in later.updates where update.state == .retry {
            failure = update.failure
            break
        }
        #expect(failure?.type == "AppError" && failure?.message == "later")
        try await later.revoke()
    }

    @Test("retries used up fail with the task's own exception", .timeLimit(.minutes(15)))
    func retriesUsedUp() async throws {
        let hopeless = try await app.send("py.retry", args: [99, 0.01])
        let failure = await #expect(throws: TaskFailure.self) { try await hopeless.get(timeout: limit) }
        #expect(failure?.type == "AppError")
    }

    @Test("a call that Swift revokes before its start is not run by Python", .timeLimit(.minutes(15)))
    func revoked() async throws {
        // Python asks when it receives a call, so the worker must know of the revocation by then.
        var options = CallOptions()
        let id = TaskID.random()
        options.id = id
        var told: [String] = []
        while !told.contains("python@test") {
            told = try await app.control(timeout: .seconds(1)).revoke([id]).map(\.node)
        }
        let gone = try await app.send("py.add", args: [1, 1], options: options)
        let failure = await #expect(throws: TaskFailure.self) { try await gone.get(timeout: limit) }
        #expect(failure?.type == "TaskRevokedError")
    }

    @Test("a call that waits in Redis is revoked for good, by either side's workers", .timeLimit(.minutes(15)))
    func revokedLater() async throws {
        let gone = try await app.send("py.add", args: [1, 1], options: CallOptions(countdown: .seconds(600)))
        try await gone.revoke()
        let ids = try await python("sum((ids for ids in inspect(timeout=0.5).revoked().values()), [])").arrayValue ?? []
        #expect(ids.contains(.string(gone.id.rawValue)))
    }

    @Test("children are told, and read by their ids", .timeLimit(.minutes(15)))
    func children() async throws {
        let parent = try await app.send("py.spawn", args: ["py.add", 2, 3])
        let child = try await parent.get(timeout: limit).stringValue ?? ""
        #expect(try await parent.children == [ResultNode(TaskID(child))])
        let result = app.result(of: TaskID(child), as: Int.self)
        #expect(try await result.get(timeout: limit) == 5)
        #expect(try await result.parentID == parent.id)
    }

    @Test("extended results of Python tell task, worker and queue", .timeLimit(.minutes(15)))
    func extended() async throws {
        let sum = try await app.send("py.add", args: [1, 2], options: CallOptions(queue: "other"))
        _ = try await sum.get(timeout: limit)
        let record = try #require(try await sum.record)
        #expect(record.task == "py.add" && record.worker == fleet.pythonNode && record.queue == "other")
        #expect(record.at != nil)
    }

    @Test("a result that Python's client asked for is read by Swift", .timeLimit(.minutes(15)))
    func foreignResult() async throws {
        let id = try await python("r = tasks.add.delay(20, 3)\nr.get(timeout=20)\nr.id").stringValue ?? ""
        #expect(try await app.result(of: TaskID(id), as: Int.self).get(timeout: limit) == 23)
    }

    @Test("forget() deletes what Python wrote", .timeLimit(.minutes(15)))
    func forget() async throws {
        let sum = try await app.send("py.add", args: [1, 2])
        _ = try await sum.get(timeout: limit)
        try await sum.forget()
        #expect(try await python("redis.exists('celery-task-meta-\(sum.id)')") == 0)
    }

    @Test("waiting ends with a typed error at its timeout", .timeLimit(.minutes(15)))
    func timeout() async throws {
        let never = try await app.send("py.add", args: [1, 2], options: CallOptions(queue: "unserved"))
        let error = await #expect(throws: CeleriacError.self) { try await never.get(timeout: .milliseconds(200)) }
        #expect(error?.code == .timeout)
    }

    @Test("twenty callers who wait for one call all get its result", .timeLimit(.minutes(15)))
    func manyWaiters() async throws {
        let gate = scratch.gate()
        let held = try await app.send("py.hold", args: [.string(gate.path)])
        let values = try await withThrowingTaskGroup(of: JSONValue.self) { group in
            for _ in 0..<20 { group.addTask { try await held.get(timeout: .seconds(30)) } }
            try gate.open()
            return try await group.reduce(into: [JSONValue]()) { $0.append($1) }
        }
        #expect(values == Array(repeating: "released", count: 20))
    }
}
