import Celeriac
import CeleriacTesting
import Testing

@testable import CeleriacCLI

@Suite("lines about the ends of calls")
struct EndLineTests {
    private let lines = LogLines()

    private struct Mishap: Error, CustomStringConvertible {
        let description: String
    }

    private func makeApp() throws -> TaskApp {
        let app = try TaskApp(
            Backend(MemoryStore()), options: AppOptions(discoversTasks: false), logger: lines.logger)
        _ = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        _ = try app.task("tasks.fail") { (text: String) -> Int in throw Mishap(description: text) }
        _ = try app.task("tasks.retry", options: TaskOptions(retry: .fixed(.hours(1), maxRetries: 1))) { () -> Int in
            throw Mishap(description: "the server is away")
        }
        return app
    }

    private var ends: [String] { lines.lines.filter { $0.hasPrefix("task ended") } }

    private func work(_ app: TaskApp) async {
        #expect(await CommandLineUnderTest.run(["worker", "--burst"]) { _ in app }.exit == 0)
    }

    @Test("the command worker logs a success in one line with name, id and the time that it ran")
    func success() async throws {
        let app = try makeApp()
        try await app.send("tasks.add", args: [1, 2], options: CallOptions(id: "sum"))
        await work(app)
        try #require(ends.count == 1, "\(ends)")
        for text in [#""task": tasks.add"#, #""task_id": sum"#, #""state": SUCCESS"#] {
            #expect(ends[0].contains(text))
        }
        #expect(ends[0].contains(#/"runtime": \d+\.\d+s/#))
    }

    @Test("a failure is logged with its text, and a retry with the time of the next try")
    func failure() async throws {
        let app = try makeApp()
        try await app.send("tasks.fail", args: ["no such user"])
        try await app.send("tasks.retry")
        await work(app)
        let failure = try #require(ends.first { $0.contains("FAILURE") })
        #expect(failure.contains("Mishap: no such user") && !failure.contains("next_try"))
        let retry = try #require(ends.first { $0.contains("RETRY") })
        #expect(retry.contains("Mishap: the server is away"))
        #expect(retry.contains(#/"next_try": \d{4}-\d\d-\d\dT/#))
    }

    @Test("a long text of a failure is shortened")
    func shortens() async throws {
        let app = try makeApp()
        try await app.send("tasks.fail", args: [.string(String(repeating: "long ", count: 10_000))])
        await work(app)
        #expect(try #require(ends.first).count < 1000)
    }

    @Test("a call that was revoked is logged as such")
    func revoked() async throws {
        let app = try makeApp()
        try await app.send("tasks.add", args: [1, 2], options: CallOptions(expires: app.time.now))
        await work(app)
        #expect(ends.count == 1 && ends.allSatisfy { $0.contains("REVOKED") }, "\(ends)")
    }

    @Test("a worker inside a program logs a success for developers only")
    func quiet() async throws {
        let app = try makeApp()
        try await app.send("tasks.add", args: [1, 2])
        try await Worker(app, options: WorkerOptions(burst: true)).run()
        #expect(ends.isEmpty)
    }
}
