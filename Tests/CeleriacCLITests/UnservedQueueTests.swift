import Celeriac
import CeleriacCore
import CeleriacTesting
import Testing

@testable import CeleriacCLI

@Suite("queues without a worker")
struct UnservedQueueTests {
    private let lines = LogLines()

    /// An app with a task on each of three queues: by its own option, by a route, and on the default queue. Calls of a
    /// fourth one go through an exchange.
    private func makeApp() throws -> TaskApp {
        let routes = [
            TaskRoute("news.*", to: "news"),
            TaskRoute("feed.*", through: ExchangeRoute(exchange: "feeds", routingKey: "all")),
        ]
        let app = try TaskApp(
            Backend(MemoryStore()), options: AppOptions(routes: routes, discoversTasks: false), logger: lines.logger)
        _ = try app.task("mail.send", options: TaskOptions(queue: "mail")) { 1 }
        _ = try app.task("mail.check", options: TaskOptions(queue: "mail")) { 1 }
        _ = try app.task("news.fetch") { 1 }
        _ = try app.task("feed.read") { 1 }
        _ = try app.task("tasks.add") { 1 }
        return app
    }

    private var warnings: [String] { lines.lines.filter { $0.contains("does not serve") } }

    @Test("a worker warns at its start of the tasks whose queues it does not serve, and says what to do")
    func warns() async throws {
        let app = try makeApp()
        let outcome = await CommandLineUnderTest.run(["worker", "--burst"]) { _ in app }
        #expect(outcome.exit == 0)
        try #require(warnings.count == 2, "\(warnings)")
        #expect(warnings[0].contains(#""queue": mail"#) && warnings[0].contains("mail.check, mail.send"))
        #expect(warnings[1].contains(#""queue": news"#) && warnings[1].contains("news.fetch"))
        #expect(warnings.allSatisfy { $0.contains(#""served": celery"#) && $0.contains("--queues") })
        #expect(!warnings.contains { $0.contains("tasks.add") || $0.contains("feed.read") })
    }

    @Test("a worker that serves the queues of all its tasks warns of none")
    func warnsOfNone() async throws {
        let app = try makeApp()
        let outcome = await CommandLineUnderTest.run(["worker", "--burst", "-q", "celery,news,mail"]) { _ in app }
        #expect(outcome.exit == 0)
        #expect(warnings.isEmpty)
    }

    private func beat(_ queues: [String], stopping: Bool = false, on app: TaskApp) async throws {
        let now = app.time.now
        var status = WorkerStatus(
            name: "w@box", host: "box", pid: 42, startedAt: now, lastBeat: now, expires: now.adding(.hours(1)))
        status.queues = queues
        status.stopRequestedAt = stopping ? now : nil
        try await app.backend.require(.directory).beat(status)
    }

    @Test("queues marks those that no live worker serves, and names those in which calls wait")
    func marks() async throws {
        let line = try CommandLineUnderTest()
        for queue in ["mail", "news"] as [QueueName] {
            try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(queue: queue))
        }
        try await beat(["mail"], on: line.app)
        let outcome = await line.run("queues")
        let words = outcome.out.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(words.first?.last == "SERVED")
        #expect(
            words.dropFirst().map { [$0.first, $0.last] } == [["celery", "no"], ["mail", "yes"], ["news", "no"]])
        #expect(outcome.err == "Note: calls wait, but no live worker serves news: start one with --queues news\n")
        let document = try await line.run("queues", "--json").json
        #expect(document.arrayValue?.compactMap { $0["served"] } == [false, true, false])
    }

    @Test("a worker that was asked to stop serves no queue")
    func countsNoStopping() async throws {
        let line = try CommandLineUnderTest()
        try await beat(["celery"], stopping: true, on: line.app)
        #expect(try await line.run("queues", "--json").json[0]?["served"] == false)
    }

    @Test("the queues of workers that only answer remote control, as Python's do, count as served")
    func asksWorkers() async throws {
        let store = MemoryStore()
        let line = try CommandLineUnderTest(store)
        try await line.app.send("tasks.add", args: [1, 1], options: CallOptions(queue: "mail"))
        let document = try await ScriptedNode.listening([ScriptedNode("w1@box")], to: store) {
            try await line.run("queues", "-t", "2s", "--json").json
        }
        #expect(document.arrayValue?.compactMap { $0["served"] } == [false, true])
    }
}
