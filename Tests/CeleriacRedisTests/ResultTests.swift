import CeleriacCore
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRedis

@Suite("Results in Redis", .oneServer, .timeLimit(.minutes(15)))
struct ResultTests {
    @Test("Celery's AsyncResult reads what Swift records", .enabled(if: Python.isThere))
    func pythonReads() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inResults(prefix: prefix)
        try await store.record([.success("a", "5"), .failure("b")])
        let script = """
            print(app.AsyncResult('a').get(timeout=10))
            try: app.AsyncResult('b').get(timeout=10)
            except ValueError as error: print('ValueError', error)
            print(app.AsyncResult('c').state)
            """
        #expect(try await Python.run(script, prefix: prefix) == "5\nValueError it broke\nPENDING")
        await store.close()
    }

    @Test("Celery's AsyncResult wakes when Swift records", .enabled(if: Python.isThere))
    func pythonWaits() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inResults(prefix: prefix)
        async let output = Python.run("print(app.AsyncResult('a').get(timeout=30))", prefix: prefix)
        let question = RESPCommand("PUBSUB", "NUMSUB", store.keys.result("a"))
        while try await store.send(question).elements?.last?.integer == 0 { try await Pause.briefly() }
        try await store.record([.success("a", #"{"sum":5}"#)])
        #expect(try await output == "{'sum': 5}")
        await store.close()
    }

    @Test("Swift reads and awaits what Celery stores", .enabled(if: Python.isThere))
    func swiftReads() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inResults(prefix: prefix)
        async let next = store.nextRecord(of: "a", after: nil)
        let script = """
            app.backend.mark_as_done('a', {'sum': 5})
            app.backend.mark_as_failure('b', KeyError('x'), traceback='trace')
            """
        _ = try await Python.run(script, prefix: prefix)
        let result = try #require(try await next?.result)
        #expect(try JSONValue(parsing: result) == ["sum": 5])
        let failure = try await store.record(of: "b")?.failure
        #expect(failure?.type == "KeyError")
        #expect(failure?.module == "builtins")
        #expect(failure?.message == "x")
        #expect(failure?.traceback == "trace")
        await store.close()
    }

    @Test("a result goes at its time, and one without stays")
    func expires() async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        var change = StateChange.success("a", "1")
        change.expires = Date().addingTimeInterval(86_400)
        try await store.record([change, .success("b", "2")])
        let left = try await store.send(RESPCommand("PTTL", store.keys.result("a"))).integer ?? 0
        #expect((86_000_000...86_400_000).contains(left))
        #expect(try await store.send(RESPCommand("PTTL", store.keys.result("b"))).integer == -1)
        await store.close()
    }

    @Test("a hundred who wait for as many calls share one connection, and each gets its own")
    func manyWaiters() async throws {
        var configuration = try Stores.configuration()
        configuration.clientName = "hundred"
        let store = RedisStore(configuration, logger: .quiet)
        let ids = (0..<100).map { TaskID("call \($0)") }
        let results = try await withThrowingTaskGroup(of: (TaskID, [UInt8]?).self) { group in
            for id in ids { group.addTask { (id, try await store.nextRecord(of: id, after: nil)?.result) } }
            let question = RESPCommand("PUBSUB", "NUMSUB", store.keys.result("call 99"))
            while try await store.send(question).elements?.last?.integer == 0 { try await Pause.briefly() }
            let clients = try await store.send(RESPCommand("CLIENT", "LIST", "TYPE", "pubsub")).text ?? ""
            #expect(clients.split(separator: "\n").count { $0.contains(" name=hundred ") } == 1)
            try await store.record(ids.map { .success($0, "\"\($0)\"") })
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for id in ids { #expect(results[id] == Array("\"\(id)\"".utf8)) }
        await store.close()
    }

    @Test("who waits outlives a broken subscription")
    func brokenSubscription() async throws {
        try await RedisServer.run { server in
            let store = RedisStore(Stores.configuration(of: server), logger: .quiet)
            async let next = store.nextRecord(of: "a", after: nil)
            let question = RESPCommand("PUBSUB", "NUMSUB", store.keys.result("a"))
            while try await store.send(question).elements?.last?.integer == 0 { try await Pause.briefly() }
            _ = try await store.send(RESPCommand("CLIENT", "KILL", "TYPE", "pubsub"))
            try await store.record([.success("a", "1")])
            #expect(try await next?.state == .success)
            await store.close()
        }
    }

    @Test("a channel is left when its last waiter goes")
    func leavesChannels() async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        async let kept = store.nextRecord(of: "kept", after: nil)
        for number in 0..<20 {
            let id = TaskID("call \(number)")
            async let next = store.nextRecord(of: id, after: nil)
            try await store.record([.success(id, "1")])
            #expect(try await next?.state == .success)
        }
        let question = RESPCommand("PUBSUB", "CHANNELS", "\(store.keys.resultPrefix)celery-task-meta-call*")
        while try await !store.send(question).texts.isEmpty { try await Pause.briefly() }
        try await store.record([.success("kept", "1")])
        #expect(try await kept?.state == .success)
        await store.close()
    }

    @Test("results may lie on another server than the queues")
    func anotherServer() async throws {
        let broker = try Stores.inRealTime(prefix: Stores.prefix())
        try await RedisServer.run { server in
            let results = RedisStore(Stores.configuration(of: server), logger: .quiet)
            async let next = results.nextRecord(of: "a", after: nil)
            try await results.record([.success("a", "1")])
            #expect(try await next?.state == .success)
            #expect(try await broker.record(of: "a")?.state == .pending)
            try await results.forget("a")
            #expect(try await results.record(of: "a")?.state == .pending)
            await results.close()
        }
        await broker.close()
    }

    @Test("SUCCESS that Celery wrote is not overwritten, whatever came to its mind", arguments: ["FAILURE", "STARTED"])
    func keepsSuccess(state: String) async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        let document = #"{"status": "SUCCESS", "result": 5, "traceback": null, "children": [], "task_id": "a"}"#
        _ = try await store.send(RESPCommand("SET", store.keys.result("a"), document))
        try await store.record([StateChange(id: "a", state: TaskState(state), at: Date())])
        #expect(try await store.record(of: "a")?.result == Array("5".utf8))
        await store.close()
    }

    @Test("STARTED tells the process, as Celery's does", arguments: ["swift@host", "swift.1@host"])
    func startedProcess(worker: String) async throws {
        let store = try Stores.inResults(prefix: Stores.prefix())
        var change = StateChange(id: "a", state: .started, at: Date())
        change.worker = worker
        try await store.record([change])
        let document = try await store.send(RESPCommand("GET", store.keys.result("a"))).text ?? ""
        let told = try JSONValue(parsing: document)["result"]
        let own = ProcessInfo.processInfo.processIdentifier
        #expect(told == ["pid": .integer(Int64(own)), "hostname": .string(worker)])
        await store.close()
    }

    @Test("STARTED is asked for only where it is tracked")
    func interimStates() async throws {
        var options = RedisOptions()
        #expect(try Stores.inRealTime(options).interimStates == [])
        options.tracksStart = true
        #expect(try Stores.inRealTime(options).interimStates == [.started])
    }
}

extension Stores {
    /// One in real time, its results under the prefix too.
    static func inResults(prefix: String) throws -> RedisStore {
        var options = RedisOptions()
        options.resultKeyPrefix = prefix
        return try inRealTime(options, prefix: prefix)
    }
}

extension StateChange {
    static func success(_ id: TaskID, _ json: String) -> StateChange {
        var change = StateChange(id: id, state: .success, at: Date())
        change.result = Array(json.utf8)
        return change
    }

    static func failure(_ id: TaskID) -> StateChange {
        var change = StateChange(id: id, state: .failure, at: Date())
        change.failure = TaskFailure(type: "ValueError", module: "builtins", message: "it broke")
        return change
    }
}
