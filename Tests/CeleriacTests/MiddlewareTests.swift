import Celeriac
import CeleriacTesting
import InMemoryTracing
import Instrumentation
import Metrics
import MetricsTestKit
import Testing
import Tracing

@Suite("Middleware and hooks")
struct MiddlewareTests {
    private struct Noting: TaskMiddleware {
        let name: String
        let journal: Journal<String>

        func send<Value>(_ messages: [Message], next: SendNext<Value>) async throws -> Value {
            journal.write("\(name) sends \(messages.count)")
            defer { journal.write("\(name) has sent") }
            return try await next()
        }

        func plan(_ messages: [Message]) async throws -> [Message] {
            journal.write("\(name) plans \(messages.count)")
            var messages = messages
            for index in messages.indices { messages[index].headers.extra[name] = .bool(true) }
            return messages
        }

        func published(_ publications: [Publication], _ report: PublishReport) async {
            journal.write("\(name) hears of \(publications.count)")
        }

        func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] {
            journal.write("\(name) before \(context.headers.extra.keys.sorted().map(\.text).joined(separator: "+"))")
            defer { journal.write("\(name) after") }
            return try await next()
        }
    }

    @Test("middleware wraps publish and run, the first one outermost")
    func order() async throws {
        let journal = Journal<String>()
        let app = try makeApp {
            $0.middleware = [Noting(name: "a", journal: journal), Noting(name: "b", journal: journal)]
        }
        let echo = try app.task("echo") { (n: Int) in n }
        try await app.send([echo(1), echo(2)])
        #expect(
            journal.entries == [
                "a sends 2", "b sends 2", "a plans 2", "b plans 2", "a hears of 2", "b hears of 2", "b has sent",
                "a has sent",
            ])
        _ = try await drain(app, WorkerOptions(concurrency: 1, maxTasks: 1))
        #expect(journal.entries.suffix(4) == ["a before a+b", "b before a+b", "b after", "a after"])
    }

    /// Drops what is private, and notes what it plans and hears of.
    private struct Keeping: TaskMiddleware {
        let journal: Journal<String>

        func plan(_ messages: [Message]) async throws -> [Message] {
            journal.write("plans " + messages.map(\.task.rawValue).joined(separator: " "))
            return messages.filter { $0.task != "private" }
        }

        func published(_ publications: [Publication], _ report: PublishReport) async {
            let taken = publications.filter { report.duplicates[$0.envelope.id] == nil }
            journal.write("hears " + taken.map(\.envelope.task.rawValue).joined(separator: " "))
        }
    }

    @Test("a middleware hears what became of each publish, once")
    func reports() async throws {
        let journal = Journal<String>()
        let app = try makeApp { $0.middleware = [Keeping(journal: journal)] }
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let unique = CallOptions(unique: .key("k", .untilDone))
        try await app.send(add(1, 2).with(unique))
        try await app.send(add(1, 2).with(unique))
        #expect(journal.entries == ["plans add", "hears add", "plans add", "hears "])
        try await app.send([Signature<Int>("private", .none), Signature<Int>("public", .none)])
        #expect(journal.entries.suffix(2) == ["plans private public", "hears public"])
        _ = try await app.prepare(add(3, 4))
        #expect(journal.entries.suffix(2) == ["plans add", "hears add"])
    }

    @Test("what a store publishes with the end of a call is planned once, and heard of once it is written")
    func continuations() async throws {
        let journal = Journal<String>()
        let app = try makeApp { $0.middleware = [Keeping(journal: journal)] }
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let double = try app.task("double") { (x: Int) in 2 * x }
        let result = try await app.send(chain(add(1, 2), double.then(after: Int.self)))
        _ = try await drain(app)
        #expect(try await result.get() == 6)
        #expect(journal.entries == ["plans add", "hears add", "plans double", "hears double"])
    }

    @Test("hooks hear of everything that happens, in order")
    func hooks() async throws {
        let journal = Journal<String>()
        let app = try makeApp()
        let echo = try app.task("echo") { (n: Int) in n }
        try await app.send(echo(1))
        try await app.send("nobody knows")
        let hook: @Sendable (WorkerEvent) async -> Void = { event in
            switch event {
            case .started: journal.write("started")
            case .taskStarted(let context): journal.write("runs \(context.task)")
            case .taskEnded(let context, let state, _): journal.write("\(context.task) \(state)")
            case .parked(_, let task, _, _): journal.write("parked \(task)")
            case .childLost(let loss): journal.write("lost \(loss.pid)")
            case .stopping: journal.write("stopping")
            case .stopped: journal.write("stopped")
            }
        }
        _ = try await drain(app, WorkerOptions(concurrency: 1, hooks: [hook]))
        #expect(
            journal.entries == ["started", "runs echo", "echo SUCCESS", "parked nobody knows", "stopping", "stopped"])
    }

    /// The process has one instrument and one metrics factory; both are set once, for all tests.
    private static let tracer = {
        let tracer = InMemoryTracer()
        InstrumentationSystem.bootstrap(tracer)
        return tracer
    }()
    private static let metrics = {
        let metrics = TestMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }()

    @Test("a trace goes from the caller through the message to the task")
    func tracing() async throws {
        let tracer = Self.tracer
        let app = try makeApp { $0.middleware = [TaskTracingMiddleware()] }
        let task = try app.task("traced") { (n: Int) in n }
        let trace = try await withSpan("request") { span in
            try await app.send(task(1))
            return span.context.inMemorySpanContext?.traceID
        }
        _ = try await drain(app)
        let spans = tracer.finishedSpans.filter { $0.spanContext.traceID == trace }
        let run = try #require(spans.first { $0.operationName == "run traced" })
        let publish = try #require(spans.first { $0.operationName == "publish traced" })
        #expect(run.parentSpanID == publish.spanID)
    }

    @Test("metrics count what was published and what ran, by task")
    func metrics() async throws {
        let metrics = Self.metrics
        let app = try makeApp { $0.middleware = [TaskMetricsMiddleware()] }
        let good = try app.task("metered.good") { (n: Int) in n }
        let bad = try app.task("metered.bad") { (n: Int) -> Int in throw Hiccup() }
        try await app.send([good(1), good(2)])
        try await app.send(bad(3))
        let replaced = try app.task("metered.replaced") { (n: Int) -> Int in
            try #require(TaskContext.current).replace(with: good(n))
        }
        try await app.send(replaced(4))
        _ = try await drain(app)
        func total(_ label: String, _ task: String, _ more: [(String, String)] = []) -> Int64 {
            metrics.counterTotal(label: label, dimensions: [("task", task)] + more)
        }
        #expect(total("celeriac_tasks_published_total", "metered.good") == 3)
        #expect(total("celeriac_tasks_total", "metered.good", [("queue", "celery"), ("outcome", "success")]) == 3)
        #expect(total("celeriac_tasks_total", "metered.bad", [("queue", "celery"), ("outcome", "error")]) == 1)
        #expect(
            total("celeriac_tasks_total", "metered.replaced", [("queue", "celery"), ("outcome", "replaced")]) == 1)
    }

    @Test(
        "metrics count each way in which a task can end an attempt by its own outcome",
        arguments: ["retry", "snooze", "reject", "discard", "error"])
    func outcomes(outcome: String) async throws {
        let metrics = Self.metrics
        let app = try makeApp { $0.middleware = [TaskMetricsMiddleware()] }
        let task = try app.task(TaskName("metered.\(outcome)")) { (n: Int) -> Int in
            let context = try #require(TaskContext.current)
            switch outcome {
            case "retry": throw context.retry(in: .hours(1))
            case "snooze": throw context.snooze(for: .hours(1))
            case "reject": throw context.reject("no")
            case "discard": throw context.discard("no")
            default: throw Hiccup()
            }
        }
        try await app.send(task(1))
        _ = try await drain(app)
        for other in ["retry", "snooze", "reject", "discard", "error"] {
            let dimensions = [("task", "metered.\(outcome)"), ("queue", "celery"), ("outcome", other)]
            let total = metrics.counterTotal(label: "celeriac_tasks_total", dimensions: dimensions)
            #expect(total == (other == outcome ? 1 : 0))
        }
    }

    @Test("calls of any number of names are counted under a limited number of labels")
    func boundedLabels() async throws {
        let metrics = Self.metrics
        let app = try makeApp { $0.middleware = [TaskMetricsMiddleware(labelledTasks: 2)] }
        for name in ["bounded.a", "bounded.b", "bounded.c", "bounded.d", "bounded.a"] as [TaskName] {
            try await app.send(name)
        }
        func published(_ task: String) -> Int64 {
            metrics.counterTotal(label: "celeriac_tasks_published_total", dimensions: [("task", task)])
        }
        #expect(published("bounded.a") == 2 && published("bounded.b") == 1)
        #expect(published("bounded.c") == 0 && published("bounded.d") == 0 && published("(other)") == 2)
    }
}
