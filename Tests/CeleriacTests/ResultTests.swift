import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Testing

@Suite("Results")
struct ResultTests {
    @Test("a call runs, and its output is read by its handle")
    func succeeds() async throws {
        let app = try makeApp()
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let result = try await app.send(add(2, 3))
        #expect(try await result.state == .pending)
        #expect(try await drain(app).succeeded == 1)
        #expect(try await result.get() == 5)
        #expect(try await result.state == .success)
    }

    @Test("a handle is re-made from an id alone")
    func remade() async throws {
        let app = try makeApp()
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let id = try await app.send(add(2, 3)).id
        _ = try await drain(app)
        #expect(try await AsyncResult<Int>(id: TaskID(id.rawValue), app: app).get() == 5)
        #expect(try await app.result(of: id, as: Int.self).value == 5)
    }

    @Test("a call that was never enqueued is told from one that waits")
    func unknown() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (text: String) in text }
        #expect(try await app.send(echo("hi")).state == .pending)
        let stranger = app.result(of: "no-such-id", as: String.self)
        #expect(try await stranger.state == .unknown)
        let error = await #expect(throws: CeleriacError.self) { try await stranger.get() }
        #expect(error?.code == .unknownTaskID)
    }

    @Test("get wakes when the call ends while it waits")
    func getWakes() async throws {
        let app = try makeApp()
        let gate = Gate()
        let wait = try app.task("wait") { (n: Int) in
            try await gate.wait()
            return n
        }
        try await withWorker(app) { _ in
            let result = try await app.send(wait(7))
            async let value = result.get()
            try await result.reaches(.started)
            gate.open()
            let got = try await value
            #expect(got == 7)
        }
    }

    @Test("get gives up at its timeout and says so")
    func getTimesOut() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let result = try await app.send(echo(1))
        async let value = result.get(timeout: .seconds(10))
        try await time.untilSleepers(1)
        await time.advance(by: .seconds(10))
        do {
            let got = try await value
            Issue.record("it did not time out, it gave \(got)")
        } catch let error as CeleriacError {
            #expect(error.code == .timeout)
        }
    }

    @Test("a result of another type is an error that names both the task and the type")
    func wrongType() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (text: String) in text }
        let id = try await app.send(echo("not a number")).id
        _ = try await drain(app)
        let error = await #expect(throws: CeleriacError.self) { try await app.result(of: id, as: Int.self).get() }
        #expect(error?.code == .wrongResultType)
        #expect(error?.message.contains("echo") == true && error?.message.contains("Int") == true)
    }

    @Test("without a result backend, reading throws an error that says what to configure")
    func noBackend() async throws {
        let time = ManualTime()
        let app = try TaskApp(Backend(broker: MemoryStore(time: time), results: nil), time: time)
        let result = try await app.send("echo", args: ["hi"])
        let error = await #expect(throws: CeleriacError.self) { try await result.state }
        #expect(error?.code == .noResultBackend)
        #expect(error?.message.contains("CELERIAC_RESULT_BACKEND") == true)
    }

    @Test("updates give every state and progress, then end")
    func updates() async throws {
        let app = try makeApp()
        let steps = [Gate(), Gate()]
        let report = try app.task("report") { (rows: Int) in
            let context = try #require(TaskContext.current)
            try await steps[0].wait()
            try await context.progress(0.5, "half")
            try await steps[1].wait()
            return rows
        }
        try await withWorker(app) { _ in
            let result = try await app.send(report(10))
            var seen: [TaskState] = []
            for try await update in result.updates {
                seen.append(update.state)
                switch update.state {
                case .started: steps[0].open()
                case .progress:
                    #expect(try update.meta(as: TaskProgress.self) == TaskProgress(fraction: 0.5, note: "half"))
                    steps[1].open()
                default: break
                }
            }
            #expect(seen.suffix(3) == [.started, .progress, .success])
        }
    }

    @Test("a task sets states of its own with metadata of any type")
    func customState() async throws {
        let app = try makeApp()
        let gate = Gate()
        let upload = try app.task("upload") { (n: Int) in
            try await TaskContext.current?.update(state: "UPLOADING", meta: ["bytes": n])
            try await gate.wait()
            return n
        }
        try await withWorker(app) { _ in
            let result = try await app.send(upload(42))
            try await result.reaches("UPLOADING")
            #expect(try await result.meta(as: [String: Int].self) == ["bytes": 42])
            gate.open()
            #expect(try await result.get() == 42)
        }
    }

    @Test("a forgotten result is unknown")
    func forget() async throws {
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        let result = try await app.send(echo(1))
        _ = try await drain(app)
        try await result.forget()
        #expect(try await result.state == .unknown)
    }

    @Test("a result expires after a day unless told otherwise")
    func expiry() async throws {
        let time = ManualTime()
        let app = try makeApp(time: time)
        let echo = try app.task("echo") { (n: Int) in n }
        let result = try await app.send(echo(1))
        _ = try await drain(app)
        await time.advance(by: .hours(23))
        #expect(try await result.state == .success)
        await time.advance(by: .hours(1))
        #expect(try await result.state == .unknown)
    }

    @Test("an ignored result is not kept")
    func ignored() async throws {
        let app = try makeApp()
        let echo = try app.task("echo", options: TaskOptions(ignoreResult: true)) { (n: Int) in n }
        let result = try await app.send(echo(1))
        #expect(try await drain(app).succeeded == 1)
        #expect(try await result.state == .unknown)
        let kept = try await app.send(echo(2).with(CallOptions(ignoreResult: false)))
        _ = try await drain(app)
        #expect(try await kept.get() == 2)
    }

    @Test("a Void task succeeds with nothing")
    func void() async throws {
        struct Nothing: TaskDefinition {
            let name: TaskName = "nothing"
            func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws {}
        }
        let app = try makeApp { $0.tasks = [Nothing()] }
        let result = try await app.send(Nothing().signature())
        _ = try await drain(app)
        try await result.get()
        try await AsyncResult<Void>(id: result.id, app: app).get()
    }

    @Test("where broker and result backend are two stores, states are written")
    func twoStores() async throws {
        let time = ManualTime()
        let backend = Backend(broker: MemoryStore(time: time), results: MemoryStore(time: time))
        let app = try TaskApp(backend, options: AppOptions(discoversTasks: false), time: time)
        let gate = Gate()
        let wait = try app.task("wait") { (n: Int) in
            try await gate.wait()
            return n
        }
        let result = try await app.send(wait(3))
        #expect(try await result.state == .pending)
        try await withWorker(app) { _ in
            try await result.reaches(.started)
            gate.open()
            #expect(try await result.get() == 3)
        }
        #expect(try await app.broker.counts(of: .default) == QueueCounts())
    }
}
