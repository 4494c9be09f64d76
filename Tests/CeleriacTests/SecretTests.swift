import CeleriacCore
import Celeriac
import CeleriacTesting
import Foundation
import Logging
import Testing

/// What must not be printed is not printed: neither by a log line nor by an error.
@Suite("Secrets")
struct SecretTests {
    private static let canary = "canary-7b1f"

    @Test("no log line of a worker holds an argument, a result, a header or progress")
    func logs() async throws {
        let lines = Journal<String>()
        let logger = Logger(label: "test") { _ in LogCollector(journal: lines) }
        let time = ManualTime()
        let app = try TaskApp(
            Backend(MemoryStore(time: time)), options: AppOptions(discoversTasks: false), time: time, logger: logger)
        let echo = try app.task("echo") { (text: String) in
            try await TaskContext.current?.update(meta: text)
            return text
        }
        let number = try app.task("number") { (n: Int) in n }
        let retried = try app.task("retried", options: TaskOptions(retry: .fixed(.zero, maxRetries: 1))) {
            (text: String) -> Int in throw Hiccup()
        }
        let headers = CallOptions(headers: ["token": .string(Self.canary)])
        try await app.send(echo(Self.canary).with(headers))
        try await app.send(retried(Self.canary))
        try await app.send("unknown", args: [.string(Self.canary)])
        try await app.send(number.name, args: [.string(Self.canary)])
        let done = try await drain(app)
        #expect(done.succeeded == 1 && done.parked == 1 && done.failed == 2, "\(done)")
        #expect(lines.entries.contains { $0.contains("task ended") }, "it was logged at all")
        #expect(!lines.entries.contains { $0.contains(Self.canary) })
    }

    @Test("no error of ours holds an argument, and no failure of a message that was refused")
    func errors() async throws {
        let app = try makeApp { $0.limits.bodyBytes = 1024 }
        let echo = try app.task("echo") { (n: Int) in n }
        let long = String(repeating: Self.canary, count: 200)
        let error = await #expect(throws: CeleriacError.self) { try await app.send("echo", args: [.string(long)]) }
        #expect(error?.description.contains(Self.canary) == false)
        let result = try await app.send(echo.name, args: [.string(Self.canary)])
        _ = try await drain(app)
        let failure = try await app.result(of: result.id, as: Int.self).failure()
        #expect(!failure.description.contains(Self.canary))
        #expect(try await app.deadLetters.allSatisfy { !$0.reason.contains(Self.canary) })
    }

    @Test(
        "no URL error holds the password",
        arguments: ["nowhere://u:canary-7b1f@h/p", "sqlite://u:canary-7b1f@h:99999/p", "sqlite:///x?%zz=canary-7b1f"])
    func urls(_ url: String) {
        let error = #expect(throws: (any Error).self) { try TaskApp(url, schemes: [.memory]) }
        #expect(error.map { "\($0)" }?.contains(Self.canary) == false)
    }

    @Test("an error type that arrives from elsewhere is only ever data")
    func foreignErrors() async throws {
        let app = try makeApp()
        let store = try #require(app.results)
        var change = StateChange(id: "foreign", state: .failure, at: app.time.now)
        change.failure = TaskFailure(type: "os.system", module: "subprocess", message: "rm -rf /")
        try await store.record([change])
        let failure = try await app.result(of: "foreign", as: Int.self).failure()
        #expect(failure.type == "os.system" && failure.module == "subprocess")
    }
}
