import Celeriac
import CeleriacCore
import CeleriacMemory
import CeleriacTesting
import Foundation
import Testing

/// What a worker runs when a call has ended, in its own process. `Interop` and the pool's suite have the same in children.
@Suite("callbacks", .timeLimit(.minutes(15)))
struct CallbackTests {
    private let time = ManualTime()
    private let app: TaskApp
    private let journal = Journal<String>()

    init() throws {
        app = try makeApp(time: time)
        let journal = journal
        let note: @Sendable (String) -> Bool = { line in
            journal.write(line)
            return true
        }
        _ = try app.task("note.success") { (id: String, result: Int) in note("success \(id) \(result)") }
        _ = try app.task("note.failure") { (id: String, error: String) in note("failure \(id) \(error)") }
        _ = try app.task("note.stopped") { (id: String) in note("stopped \(id)") }
    }

    private func options(
        _ id: TaskID, success: TaskName? = "note.success", failure: TaskName? = "note.failure",
        stopped: TaskName? = "note.stopped", timeout: Duration = .seconds(60)
    ) -> CallOptions {
        func callback(_ name: TaskName?) -> JobCallback? { name.map { JobCallback($0, timeout: timeout) } }
        let callbacks = JobCallbacks(success: callback(success), failure: callback(failure), stopped: callback(stopped))
        return CallOptions(id: id, headers: [JSONKey(JobCallbacks.header): callbacks.value ?? .null])
    }

    private func echo() throws -> ClosureTask<Int, Int> { try app.task("echo") { (n: Int) in n } }

    @Test("a call that succeeds runs its success callback with id and result, and no other")
    func success() async throws {
        let result = try await app.send(echo()(7).with(options("a")))
        #expect(try await drain(app).succeeded == 1)
        #expect(try await result.get() == 7)
        #expect(journal.entries == ["success a 7"])
    }

    @Test("each attempt that fails runs the failure callback with id and error, also one that is tried again")
    func failure() async throws {
        let task = try app.task("bad", options: TaskOptions(retry: .fixed(.zero, maxRetries: 1))) { (n: Int) -> Int in
            throw Hiccup()
        }
        let result = try await app.send(task(1).with(options("a")))
        _ = try await drain(app)
        #expect(try await result.failure().type == "Hiccup")
        #expect(journal.entries == ["failure a Hiccup: hiccup", "failure a Hiccup: hiccup"])
    }

    @Test("a failure callback that requires more than two arguments learns type, value and traceback, as RQ's does")
    func failureInParts() async throws {
        let task = try app.task("bad") { (n: Int) -> Int in throw Hiccup() }
        _ = try app.task("note.parts") { [journal] (id: String, type: String, value: String, traceback: String) in
            journal.write("\(id) \(type) \(value) \(traceback.hasSuffix(".Hiccup: hiccup\n"))")
            return 0
        }
        _ = try await app.send(task(1).with(options("a", failure: "note.parts")))
        _ = try await drain(app)
        #expect(journal.entries == ["a CeleriacTests.Hiccup hiccup true"])
    }

    @Test(
        "a success callback that fails, is unknown or takes other arguments makes the call fail, which its failure callback hears",
        arguments: [
            ("worse", "Hiccup"), ("nowhere", "NotRegistered"), ("note.stopped", "TypeError"),
            ("later", "CallbackError"),
        ])
    func failingSuccess(name: String, type: String) async throws {
        _ = try app.task("worse") { (id: String, result: Int) -> Int in throw Hiccup() }
        _ = try app.task("later") { (id: String, result: Int) -> Int in
            throw TaskContext.current?.snooze(for: .seconds(1)) ?? Hiccup() as any Error
        }
        let result = try await app.send(echo()(7).with(options("a", success: TaskName(name))))
        _ = try await drain(app)
        #expect(try await result.failure().type == type)
        #expect(journal.entries.count == 1)
        #expect(journal.entries.first?.hasPrefix("failure a \(type): ") == true, "\(journal.entries)")
    }

    @Test("a failure callback's own error takes the place of the first")
    func failingFailure() async throws {
        let task = try app.task("bad") { (n: Int) -> Int in throw Hiccup() }
        _ = try app.task("worse") { (id: String, error: String) -> Int in throw Fatal() }
        let result = try await app.send(task(1).with(options("a", failure: "worse")))
        _ = try await drain(app)
        #expect(try await result.failure().type == "Fatal")
        let other = try await app.send(task(1).with(options("b", failure: "nowhere")))
        _ = try await drain(app)
        #expect(try await other.failure().type == "NotRegistered")
    }

    @Test("what cannot be started runs the failure callback too")
    func unknown() async throws {
        try await app.send("nobody", options: options("a"))
        _ = try await drain(app)
        #expect(journal.entries.count == 1)
        #expect(journal.entries.first?.hasPrefix("failure a NotRegistered: ") == true, "\(journal.entries)")
    }

    @Test("a call that is terminated while it runs runs its stopped callback, whose error changes nothing")
    func stopped() async throws {
        _ = try app.task("worse") { [journal] (id: String) -> Int in
            journal.write("worse")
            throw Hiccup()
        }
        for (id, callback) in [("a", "note.stopped"), ("b", "worse")] as [(TaskID, TaskName)] {
            let (running, never) = (Gate(), Gate())
            let task = try app.task(TaskName("wait.\(id)")) { (n: Int) in
                running.open()
                try await never.wait()
                return n
            }
            let result = try await app.send(task(1).with(options(id, stopped: callback)))
            try await withWorker(app) { _ in
                try await running.wait()
                try await result.revoke(terminate: true)
                #expect(try await result.failure().type == "TaskRevokedError")
            }
        }
        #expect(journal.entries == ["stopped a", "worse"])
    }

    @Test("a call that is revoked before it runs, asks to run later or is tried at its own wish has no callback")
    func nothing() async throws {
        let revoked = try await app.send(echo()(1).with(options("a")))
        try await revoked.revoke()
        let snoozing = try app.task("snooze") { (n: Int) -> Int in
            throw TaskContext.current?.snooze(for: .hours(1)) ?? Hiccup() as any Error
        }
        let asking = try app.task("ask") { (n: Int) -> Int in
            throw TaskContext.current?.retry(in: .hours(1)) ?? Hiccup() as any Error
        }
        try await app.send(snoozing(1).with(options("b")))
        try await app.send(asking(1).with(options("c")))
        _ = try await drain(app)
        #expect(journal.entries == [])
    }

    @Test("a callback knows the call: its id, attempt and queue; the call's own headers, but for callbacks and retries")
    func context() async throws {
        _ = try app.task("ask") { [journal] (id: String, result: Int) -> Bool in
            let context = try #require(TaskContext.current)
            journal.write("\(context.id) \(context.task) \(context.attempt) \(context.queue)")
            journal.write("\(context.headers.extra.keys.map(\.text).sorted())")
            return true
        }
        var options = options("a", success: "ask")
        options.headers["user"] = "Ada"
        options.headers[JobRetry.header] = JobRetry(max: 2).value
        try await app.send(echo()(1).with(options))
        _ = try await drain(app)
        #expect(journal.entries == ["a ask 1 \(app.options.defaultQueue)", #"["user"]"#])
    }

    @Test("a callback that runs longer than it may fails the call")
    func timeout() async throws {
        let (running, never) = (Gate(), Gate())
        _ = try app.task("slow") { (id: String, result: Int) -> Bool in
            running.open()
            try await never.wait()
            return true
        }
        let result = try await app.send(echo()(1).with(options("a", success: "slow", timeout: .seconds(90))))
        try await withWorker(app, WorkerOptions(lease: .hours(1), heartbeat: .hours(1), eventHeartbeat: .hours(1))) {
            _ in
            try await running.wait()
            try await time.untilSleeper(dueIn: .seconds(90))
            await time.advance(by: .seconds(90))
            #expect(try await result.failure().type == "TimeLimitExceeded")
        }
        #expect(journal.entries.first?.hasPrefix("failure a TimeLimitExceeded: ") == true, "\(journal.entries)")
    }

    @Test(
        "a worker that is stopped while a callback runs gives the call back, uncounted; it runs again, its callback too"
    )
    func shutdown() async throws {
        let (running, never) = (Gate(), Gate())
        let runs = Journal<Int>()
        let task = try app.task("count") { (n: Int) in
            runs.write(TaskContext.current?.attempt ?? 0)
            return n
        }
        _ = try app.task("slow") { (id: String, result: Int) -> Bool in
            running.open()
            guard runs.entries.count < 2 else { return true }
            try await never.wait()
            return false
        }
        let result = try await app.send(task(7).with(options("a", success: "slow")))
        let worker = Worker(app)
        async let end: Void = worker.run()
        try await running.wait()
        worker.stop(.soft)
        try await end
        #expect(worker.statistics.released == 1)
        #expect(try await result.state == .pending)
        #expect(try await drain(app).succeeded == 1)
        #expect(try await result.get() == 7)
        #expect(runs.entries == [1, 1])
    }

    @Test("a call that is terminated while its success callback runs is terminated, and its stopped callback runs")
    func terminatedLate() async throws {
        let (running, never) = (Gate(), Gate())
        _ = try app.task("slow") { (id: String, result: Int) -> Bool in
            running.open()
            try await never.wait()
            return true
        }
        let result = try await app.send(echo()(7).with(options("a", success: "slow")))
        try await withWorker(app) { _ in
            try await running.wait()
            try await result.revoke(terminate: true)
            #expect(try await result.failure().type == "TaskRevokedError")
        }
        #expect(journal.entries == ["stopped a"])
    }

    @Test("a call that lost its lease while its callback ran comes to nothing here")
    func lostLease() async throws {
        // Two clocks, as on a machine whose worker was suspended while the store's time went on.
        let (workerTime, storeTime) = (ManualTime(), ManualTime())
        let store = MemoryStore(time: storeTime)
        let app = try makeApp(time: workerTime, store: store)
        let (running, never, cancelled) = (Gate(), Gate(), Gate())
        let echo = try app.task("echo") { (n: Int) in n }
        _ = try app.task("slow") { (id: String, result: Int) -> Bool in
            running.open()
            do { try await never.wait() } catch { cancelled.open() }
            return true
        }
        let result = try await app.send(echo(7).with(options("a", success: "slow")))
        try await withWorker(app, WorkerOptions(concurrency: 1, lease: .seconds(30))) { worker in
            try await running.wait()
            await storeTime.advance(by: .seconds(31))
            try await store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
                let taken = try #require(try await consumer.next(upTo: 1, from: [.default], wait: false).first)
                while worker.statistics.leasesLost == 0 { await workerTime.advance(by: .seconds(1)) }
                try await cancelled.wait()
                #expect(try await result.state == .started)
                #expect(try await consumer.settle([(taken.receipt, .ack)]).isEmpty, "the new holder settles")
            }
        }
    }

    @Test("what a callback sends is a child of the call")
    func children() async throws {
        let echo = try echo()
        let app = app
        _ = try app.task("send") { (id: String, result: Int) in
            try await app.send(echo(result).with(CallOptions(id: "child"))).id.rawValue
        }
        let result = try await app.send(echo(1).with(options("a", success: "send")))
        _ = try await drain(app)
        #expect(try await result.children.map(\.id) == ["child"])
    }
}

@Suite("A call's own retries", .timeLimit(.minutes(15)))
struct CallRetryTests {
    @Test("they take the place of the task's policy: number and pauses, the last of which stays")
    func overridden() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let starts = Journal<Date>()
        let task = try app.task("bad", options: TaskOptions(retry: .fixed(.hours(9), maxRetries: 9))) {
            (n: Int) -> Int in
            starts.write(time.now)
            throw Hiccup()
        }
        let retry = JobRetry(max: 3, intervals: [.seconds(10), .seconds(30)])
        let result = try await app.send(task(1).with(CallOptions(headers: [JSONKey(JobRetry.header): retry.value])))
        let first = time.now
        for _ in 0..<9 {
            _ = try await drain(app)
            await time.advance(by: .seconds(10))
        }
        #expect(starts.entries.map { $0.timeIntervalSince(first) } == [0, 10, 40, 70])
        #expect(try await result.failure().history.count == 3)
    }

    @Test(
        "a message that asks for a million attempts gets what the policy grants, or the worker where the policy has none",
        arguments: [
            (RetryPolicy.fixed(.zero, maxRetries: 2), 100, 3), (.none, 100, 101), (.none, 4, 5), (.none, 0, 1),
        ])
    func greedy(policy: RetryPolicy, granted: Int, attempts: Int) async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let starts = Journal<Date>()
        let task = try app.task("bad", options: TaskOptions(retry: policy)) { (n: Int) -> Int in
            starts.write(time.now)
            throw Hiccup()
        }
        let greedy: JSONValue = ["max": 1_000_000, "intervals": []]
        let result = try await app.send(task(1).with(CallOptions(headers: [JSONKey(JobRetry.header): greedy])))
        for _ in 0...attempts {
            _ = try await drain(app, WorkerOptions(messageRetries: granted))
            await time.advance(by: .seconds(1))
        }
        _ = try await result.failure()
        #expect(starts.entries.count == attempts)
        let pauses = zip(starts.entries, starts.entries.dropFirst()).map { $1.timeIntervalSince($0) }
        #expect(pauses.dropFirst(JobRetry.prompt).allSatisfy { $0 >= 1 })
    }

    @Test("an error that is not worth another attempt by the task's policy gets none")
    func hopeless() async throws {
        let app = try makeApp()
        let starts = Journal<Int>()
        let options = TaskOptions(retry: RetryPolicy.none.discarding(Fatal.self))
        let task = try app.task("bad", options: options) { (n: Int) -> Int in
            starts.write(n)
            throw Fatal()
        }
        try await app.send(task(1).with(CallOptions(headers: [JSONKey(JobRetry.header): JobRetry(max: 3).value])))
        _ = try await drain(app)
        #expect(starts.entries == [1])
    }
}
