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

        func publish(_ messages: [Message], next: PublishNext) async throws -> PublishReport {
            journal.write("\(name) publishes \(messages.count)")
            var messages = messages
            for index in messages.indices { messages[index].headers.extra[name] = .bool(true) }
            return try await next(messages)
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
        #expect(journal.entries == ["a publishes 2", "b publishes 2"])
        _ = try await drain(app, WorkerOptions(concurrency: 1, maxTasks: 1))
        #expect(journal.entries.suffix(4) == ["a before a+b", "b before a+b", "b after", "a after"])
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
}
