import CeleriacCore
import ArgumentParser
import Celeriac
import Synchronization
import Testing
import UnixSignals

@testable import CeleriacCLI

@Suite("worker and revoke")
struct WorkerCommandTests {
    let line: CommandLineUnderTest

    init() throws { line = try CommandLineUnderTest() }

    @Test("a burst runs what waits, says how far it is, and ends with the numbers")
    func bursts() async throws {
        for _ in 0..<5 { try await line.app.send("tasks.add", args: [1, 1]) }
        try await line.app.send("tasks.fail")
        let outcome = await line.run("worker", "--burst", "--concurrency", "2")
        #expect(outcome.exit == 0)
        #expect(outcome.out == "")
        #expect(outcome.err.contains(" waiting\n"))
        #expect(outcome.err.contains("6 processed in "))
        #expect(outcome.err.contains("5 succeeded, 1 failed"))
    }

    @Test("a burst gives its numbers to programs as one document")
    func reportsJSON() async throws {
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(queue: "sums"))
        let outcome = await line.run("worker", "--burst", "--queues", "sums=3,celery=1", "--json")
        #expect(outcome.exit == 0)
        #expect(try outcome.json["processed"] == 1)
        #expect(try outcome.json["succeeded"] == 1)
    }

    @Test("a worker ends after the number of tasks it was given")
    func endsAfterMaxTasks() async throws {
        for _ in 0..<3 { try await line.app.send("tasks.add", args: [1, 1]) }
        let outcome = await line.run("worker", "--max-tasks", "1", "--concurrency", "1", "--json")
        #expect(try outcome.json["processed"] == 1)
        #expect(try await line.app.queue("celery").count == 2)
    }

    @Test(
        "a worker ends when nothing comes for as long as it was told", arguments: ["strict", "round-robin", "random"])
    func endsWhenIdle(strategy: String) async throws {
        for queue in ["a", "b"] as [QueueName] {
            try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(queue: queue))
        }
        let words = ["worker", "--queues", "a,b", "--strategy", strategy, "--max-idle", "500ms", "--json"]
        let outcome = await line.run(words)
        #expect(outcome.exit == 0)
        #expect(try outcome.json["succeeded"] == 2)
    }

    @Test(
        "serves queues of any name, weighed or not",
        arguments: ["w1@host.dq2,two words,a/b,é,a=b", "w1@host.dq2=3,two words=1,a/b=2,é=1,a=b=1"])
    func servesOddNames(queues: String) async throws {
        for (number, name) in ["w1@host.dq2", "two words", "a/b", "é", "a=b"].enumerated() {
            #expect(await line.run("call", "tasks.add", "1", "\(number)", "--queue", name).exit == 0)
        }
        let outcome = await line.run("worker", "--burst", "--queues", queues, "--json")
        #expect(outcome.exit == 0 && outcome.out.contains(#""succeeded":5"#), "\(outcome)")
    }

    @Test("a queue that the app does not declare is refused with 3, and the declared ones are named")
    func refusesUndeclaredQueue() async throws {
        let line = try CommandLineUnderTest(queues: ["celery", "mail"])
        let outcome = await line.run("worker", "--burst", "--queues", "male")
        #expect(outcome.exit == 3)
        #expect(outcome.err.contains("there is no queue \"male\"; known queues: celery, mail"))
    }

    @Test(
        "refuses wrong uses with 64",
        arguments: [
            (["--queues", "a,b=2"], "give either every queue a weight or none (a,b serves a first"),
            (["--queues", "a=3,b"], "give either every queue a weight or none (a,b serves a first"),
            (["--queues", "a=0"], "the weight of \"a\" must be a number from 1 to 100000"),
            (["--queues", "a=9223372036854775808"], "the weight of \"a\" must be a number"),
            (["--queues", ","], "no queue is named"),
            (["--queues", "a,b,a"], "queue \"a\" is named twice"),
            (["--queues", "a\u{1B}[2J"], #""a\u{1b}[2J" is not a queue name"#),
            (["--queues", "celery,unacked"], "\"unacked\" is not a queue name: kombu"),
            (["--concurrency", "0"], "--concurrency must be at least 1"),
            (["--max-tasks", "0"], "--max-tasks must be at least 1"),
            (["--lease", "10ms"], "--lease must be at least 1s"),
            (["--log-level", "loud"], "trace"), (["--autoscale", "3,10"], "autoscale"),
            (["--control", "some"], "read-only"), (["--node", "mail"], "such as mail@box"),
            (["-q", "a", "-Q", "b,a"], "queue \"a\" is named twice"),
            (["-q", "a=2", "-q", "b"], "give either every queue a weight or none"),
            (["--max-memory-per-child", "200"], "write 200K for kilobytes"), (["--memory-limit", "1e6"], "no unit"),
            (["--max-memory-per-child", "much"], "a number with a unit"),
            (["--node", "a@b", "--name", "a"], "cannot be combined"),
            (["--queues", "a=1,b=2", "--strategy", "random"], "--strategy cannot be combined with weighted queues"),
            (["--strategy", "some"], "round-robin"), (["--max-idle", "long"], "max-idle"),
        ]
    )
    func refuses(arguments: [String], text: String) async {
        let app = line.app
        let outcome = await CommandLineUnderTest.run(["worker"] + arguments) { _ in app }
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains(text))
    }

    @Test(
        "queues that are named one by one are all served",
        arguments: [["-q", "a", "-Q", "b"], ["-Q", "a=3", "-q", "b=1"]])
    func servesAllQueues(arguments: [String]) async throws {
        for queue in ["a", "b"] as [QueueName] {
            try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(queue: queue))
        }
        let outcome = await line.run(["worker", "--burst", "--json"] + arguments)
        #expect(try outcome.json["succeeded"] == 2)
    }

    @Test(
        "autoscale means what Celery's does, with one child at least",
        arguments: [("3", 1...3), ("10,3", 3...10), ("3,0", 1...3), ("1", 1...1)])
    func readsAutoscale(text: String, range: ClosedRange<Int>) throws {
        let argument = try #require(AutoscaleArgument(argument: text))
        #expect(argument.range == range)
        var options = WorkerOptions()
        try PoolOptions.parse([]).apply(to: &options, concurrency: 7, autoscale: argument.range, canShare: true)
        #expect(options.autoscale == range)
        #expect(options.pool == .processes(count: range.lowerBound, concurrencyPerChild: 1), "a child runs one task")
        try PoolOptions.parse(["--concurrency-per-child", "4"])
            .apply(to: &options, concurrency: nil, autoscale: argument.range, canShare: true)
        #expect(options.pool == .processes(count: range.lowerBound, concurrencyPerChild: 4))
    }

    @Test("concurrency beside autoscale is noted as of no effect")
    func notesConcurrency() async throws {
        let outcome = await line.run("worker", "--burst", "--autoscale", "2,1", "-c", "4")
        #expect(outcome.exit == 0)
        #expect(outcome.err.contains("--concurrency is ignored"))
    }

    @Test("sizes of memory have a unit", arguments: [("200M", 200 << 20), ("1.5G", 3 << 29), ("12000k", 12_000 << 10)])
    func readsSizes(text: String, bytes: Int) throws {
        #expect(try SizeArgument(argument: text).bytes == bytes)
    }

    @Test("the help of worker tells defaults, and fits a terminal")
    func workerHelp() async throws {
        let help = await line.run("worker", "--help").out
        for text in ["default: read-only", "default: 64", "default: never", "max,min"] {
            #expect(help.contains(text), "\(text)")
        }
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test("takes the options of Celery's worker: its node name, events, autoscale, remote control")
    func takesCeleryOptions() async throws {
        let line = try CommandLineUnderTest(MemoryStore())
        let events = try #require(line.app.broker as? any EventChannel)
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        let heard = Guarded<Set<String>>([])
        let listening = Task {
            try await events.receiveEvents(isListening: { signal.finish() }) { batch in
                heard.withLock { $0.formUnion(batch.map { "\($0.node) \($0.kind)" }) }
            }
        }
        for await _ in ready {}
        try await line.app.send("tasks.add", args: [1, 1])
        let outcome = await line.run(
            "worker", "--burst", "-E", "--node", "mail@box", "--autoscale", "4,1", "--control", "read-only")
        listening.cancel()
        #expect(outcome.exit == 0)
        #expect(heard.withLock { $0 }.isSuperset(of: ["mail@box worker-online", "mail@box task-succeeded"]))
    }

    @Test("each signal makes the end more urgent; SIGQUIT begins with soft")
    func signals() {
        var told: [Worker.Urgency?] = []
        var urgency: Worker.Urgency?
        for signal in [UnixSignal.sigterm, .sigint, .sigterm, .sigterm] {
            urgency = StopSignals.urgency(after: signal, from: urgency)
            told.append(urgency)
            if urgency == nil { break }
        }
        #expect(told == [.warm, .soft, .cold, nil])
        #expect(StopSignals.urgency(after: .sigquit, from: nil) == .soft)
        #expect(StopSignals.urgency(after: .sigquit, from: .warm) == .soft)
        #expect(StopSignals.urgency(after: .sigquit, from: .soft) == .cold)
    }

    @Test("a revoked call does not start")
    func revokes() async throws {
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(id: "sum"))
        let outcome = await line.run("revoke", "sum", "later", "--json")
        #expect(outcome.exit == 0)
        #expect(try outcome.json == ["revoked": ["sum", "later"], "unknown": ["later"], "terminate": false])
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(id: "later"))
        try await line.drain()
        for id in ["sum", "later"] {
            let result = await line.run("result", id)
            #expect(result.exit == 1)
            #expect(result.out.contains("REVOKED"))
        }
    }

    @Test("revoking a call that is not known says so, and keeps it from starting all the same")
    func notesUnknown() async throws {
        for line in [line, try CommandLineUnderTest(MemoryStore())] {
            try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(id: "waits"))
            let outcome = await line.run("revoke", "waits", "later")
            #expect(outcome.exit == 0)
            #expect(outcome.err == "Note: call later is unknown; it will not start if it is enqueued later.\n")
            try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(id: "later"))
            try await line.drain()
            #expect(await line.run("result", "later").out.contains("REVOKED"))
        }
    }

    @Test("revoking a call that has ended says so")
    func notesEnded() async throws {
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(id: "sum"))
        try await line.drain()
        #expect(await line.run("revoke", "sum").err == "Note: call sum has already ended as SUCCESS.\n")
    }
}
