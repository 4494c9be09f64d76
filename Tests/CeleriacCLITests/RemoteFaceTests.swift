import CeleriacCore
import Celeriac
import Foundation
import Testing

@Suite("inspect and control from Swift")
struct RemoteFaceTests {
    let app: TaskApp
    let store = MemoryStore()

    init() throws { app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false)) }

    private func asking<Value: Sendable>(
        _ body: (Inspection) async throws -> Value
    ) async throws -> Value {
        let inspection = try app.inspect(timeout: .minutes(1))
        return try await ScriptedNode.listening([ScriptedNode("w1@box")], to: store) { try await body(inspection) }
    }

    @Test("a running call is read with id, task, arguments, place and start")
    func readsActive() async throws {
        let replies = try await asking { try await $0.active() }
        let call = try #require(replies.first?.get().first)
        #expect(replies.map(\.node) == ["w1@box"])
        #expect(call.id == "3a959271" && call.task == "tasks.sleep" && call.shownName == "nap")
        #expect(call.args == [4] && call.routingKey == "mail" && call.pid == 30057 && call.isAcknowledged)
        #expect(call.startedAt == Date(timeIntervalSince1970: 1_795_335_510.356))
    }

    @Test("a scheduled call is read with its eta, a queried one with its stage")
    func readsScheduled() async throws {
        let scheduled = try await asking { try await $0.scheduled() }.first?.get().first
        #expect(scheduled?.call.id == "3a959271")
        #expect(scheduled?.eta == ISODate.parse("2126-11-22T08:20:30.352263+00:00"))
        let queried = try await asking { try await $0.queryTask(["3a959271"]) }.first?.get().first
        #expect(queried?.stage == .active)
        #expect(queried?.call.task == "tasks.sleep")
    }

    @Test("a worker's numbers are read, its clock as text or number, and all it said is kept")
    func readsStats() async throws {
        let stats = try #require(await asking { try await $0.stats() }.first?.get())
        #expect(stats.totals == ["tasks.add": 3, "tasks.sleep": 1])
        #expect(stats.pid == 30016 && stats.clock == 81 && stats.uptime == .seconds(48) && stats.concurrency == 2)
        #expect(stats.processes == [30057, 30715] && stats.prefetch == 8 && stats.transport == "redis")
        #expect(stats.json["broker"]?["hostname"] == "127.0.0.1")
    }

    @Test("tasks are read with their attributes, queues with their exchanges")
    func readsTasksAndQueues() async throws {
        let tasks = try await asking { try await $0.registered(taskInfo: ["rate_limit"]) }.first?.get()
        #expect(tasks?.map(\.name) == ["tasks.add", "tasks.limited"])
        #expect(tasks?.last?.info == ["rate_limit": "10/m", "max_retries": "3"])
        let queues = try await asking { try await $0.activeQueues() }.first?.get()
        #expect(queues?.map(\.name) == ["mail", "news"])
        #expect(queues?.last?.exchangeKind == .topic)
        #expect(queues?.last?.routingKey == "news.#")
    }

    @Test("an answer of another shape is an error of that worker alone, and is kept")
    func toleratesNonsense() async throws {
        let odd = ScriptedNode("odd@box", answers: ["stats": "so so", "active": [["id": 7], "x"], "revoked": [nil]])
        let sound = ScriptedNode("sound@box")
        let inspection = try app.inspect(timeout: .minutes(1))
        try await ScriptedNode.listening([odd, sound], to: store) {
            let stats = try await inspection.stats()
            let refused = stats.first { $0.node == "odd@box" }
            #expect(refused?.error?.code == .unreadable)
            #expect(refused?.json == "so so")
            #expect(stats.first { $0.node == "sound@box" }?.value?.pid == 30016)
            #expect(try await inspection.active().first { $0.node == "odd@box" }?.get().isEmpty == true)
        }
    }

    @Test("a worker that refuses is an error with its own words: unknown command, unknown task, or another reason")
    func readsRefusals() async throws {
        let node = ScriptedNode("w1@box", answers: ["time_limit": ["error": "unknown task"]])
        let control = try app.control(timeout: .minutes(1))
        try await ScriptedNode.listening([node], to: store) {
            #expect(try await control.command("no_such").first?.error?.code == .unknownCommand)
            #expect(try await control.timeLimit("tasks.none", soft: nil, hard: nil).first?.error?.code == .unknownTask)
            let refused = try await control.autoscale(min: 1, max: 2).first
            #expect(refused?.error?.code == .refused)
            #expect(throws: ControlError.self) { try refused?.get() }
            #expect(refused?.error?.message == "ValueError('Autoscale not enabled')")
        }
    }

    @Test("commands carry Celery's arguments")
    func carriesArguments() async throws {
        let node = ScriptedNode("w1@box")
        let control = try app.control(timeout: .minutes(1))
        try await ScriptedNode.listening([node], to: store) {
            try await control.revoke(["a", "b"])
            try await control.terminate(["a"], signal: .kill)
            try await control.revokeByStampedHeaders(["tenant": ["acme"]])
            try await control.rateLimit("tasks.add", "100/m")
            try await control.rateLimit("tasks.add", RateLimit(3, per: .seconds(2)))
            try await control.rateLimit("tasks.add", nil)
            try await control.timeLimit("tasks.add", soft: .seconds(30), hard: .seconds(60))
            try await control.growPool(by: 2)
            try await control.addConsumer("extra")
        }
        #expect(
            node.commands.map(\.arguments) == [
                ["task_id": ["a", "b"], "terminate": false, "signal": "SIGTERM"],
                ["task_id": ["a"], "terminate": true, "signal": "SIGKILL"],
                ["headers": ["tenant": ["acme"]], "terminate": false, "signal": "SIGTERM"],
                ["task_name": "tasks.add", "rate_limit": "100/m"],
                ["task_name": "tasks.add", "rate_limit": "1.5/s"],
                ["task_name": "tasks.add", "rate_limit": 0],
                ["task_name": "tasks.add", "soft": 30.0, "hard": 60.0],
                ["n": 2],
                ["queue": "extra", "exchange": nil, "exchange_type": "direct", "routing_key": nil],
            ]
        )
    }

    @Test("a destination and a pattern choose who answers")
    func chooses() async throws {
        let nodes = ["mail@a", "mail@b", "news@a"].map { ScriptedNode($0) }
        try await ScriptedNode.listening(nodes, to: store) {
            let chosen = try app.inspect(to: ["mail@b"], timeout: .minutes(1))
            #expect(try await chosen.ping().map(\.node) == ["mail@b"])
            let fitting = try app.inspect(pattern: .init("mail@*"), timeout: .minutes(1))
            #expect(try await Set(fitting.ping().map(\.node)) == ["mail@a", "mail@b"])
        }
    }

    @Test("a revocation is kept by the broker and told to the workers that live")
    func tellsRevocation() async throws {
        let node = ScriptedNode("w1@box")
        try await ScriptedNode.listening([node], to: store) {
            try await app.result(of: "a", as: Int.self).revoke(terminate: true, signal: "SIGUSR1")
            // Commands come in order: what was broadcast before this was heard.
            #expect(try await app.inspect(timeout: .minutes(1)).ping().count == 1)
        }
        #expect(try await store.revocations(among: ["a"])["a"]?.terminate == true)
        #expect(
            node.commands.first == ControlCommand("revoke", ["task_id": ["a"], "terminate": true, "signal": "SIGUSR1"]))
    }

    @Test("an app whose broker has no remote control and no events says so")
    func saysWhatIsMissing() throws {
        let line = try CommandLineUnderTest()
        for ask: () throws -> Any in [
            { try line.app.inspect() }, { try line.app.control() }, { try line.app.events() },
        ] {
            #expect((#expect(throws: CeleriacError.self) { _ = try ask() })?.code == .unsupported)
        }
    }
}
