import CeleriacCore
import Celeriac
import Foundation
import Testing

/// Every way in which a task can harm its process: others finish, the culprit is named, nothing is left.
@Suite("deaths of children", .serialized)
struct DeathTests {
    /// A task that takes its process down, and what its failure says.
    struct Harm: Sendable, CustomTestStringConvertible {
        let task: TaskName
        var argument: JSONValue?
        var options = CallOptions()
        var settings: [String: Int] = [:]
        var type = "WorkerLostError"
        let words: [String]

        var testDescription: String { task.rawValue }
    }

    static let harms = [
        Harm(task: "pool.trap", argument: 7, words: ["SIG", "Index out of range"]),
        Harm(task: "pool.abort", words: ["SIGABRT"]),
        Harm(task: "pool.overflow", argument: 1, words: ["SIGSEGV"]),
        Harm(task: "pool.exit", argument: 3, words: ["exit code 3"]),
        // Nobody is to blame for a kill from outside: another call that shares a child with this one each time is parked too.
        Harm(task: "pool.killed", settings: ["deliveryLimit": 10], words: ["SIGKILL from outside"]),
        Harm(task: "pool.leak", argument: 2000, settings: ["memoryLimit": 150], words: ["MiB of memory"]),
        Harm(
            task: "pool.spin", options: CallOptions(timeLimit: .milliseconds(300)), type: "TimeLimitExceeded",
            words: ["time limit"]),
        Harm(
            task: "pool.block", options: CallOptions(timeLimit: .milliseconds(300)), type: "TimeLimitExceeded",
            words: ["time limit"]),
        Harm(task: "pool.garbage", words: ["channel"]),
        Harm(task: "pool.close", words: ["channel"]),
    ]

    @Test("others finish, the culprit is named with its cause, no process and no descriptor is left", arguments: harms)
    func harm(_ harm: Harm) async throws {
        let field = try PoolField()
        defer { field.clear() }
        let settings = harm.settings.merging(["crashLimit": 1]) { $1 }
        let worker = try field.start(children: 2, perChild: 2, settings)
        defer { worker.end() }
        try await worker.waits(for: "ready")
        for echo in try await field.echoes(20) { #expect(try await echo.get(timeout: .seconds(60)) >= 0) }
        try await eventually("two children") { worker.children.count == 2 }
        let descriptors = worker.descriptors

        let before = try await field.echoes(10)
        let culprit = try await field.app.send(
            Signature<JSONValue>(
                harm.task, EncodedArguments(args: harm.argument.map { [$0] } ?? []), options: harm.options))
        let after = try await field.echoes(50)
        for (number, echo) in (before + after).enumerated() {
            #expect(try await echo.get(timeout: .seconds(60)) == (number < 10 ? number : number - 10))
        }
        let failure = try await culprit.failure()
        #expect(failure.type == harm.type)
        for word in harm.words {
            #expect("\(failure.message)\n\(failure.traceback ?? "")".contains(word), "\(failure.message)")
        }
        #expect(worker.isRunning)
        // The children that it has now, the quarantine closed, and nothing of those it had.
        try await eventually("two children again") { worker.children.count == 2 }
        try await eventually("as many descriptors as before") { worker.descriptors == descriptors }
        let children = worker.children
        worker.signal(SIGTERM)
        #expect(try await worker.waitForExit() == 0)
        #expect(SupervisorProcess.alive(children).isEmpty)
        #expect(try await field.app.queue(.default).counts.leased == 0)
    }

    @Test("a task that crashes three children is parked as poison, and tells of all three")
    func poison() async throws {
        let field = try PoolField()
        defer { field.clear() }
        let worker = try field.start(children: 1, perChild: 1)
        defer { worker.end() }
        try await worker.waits(for: "ready")
        let culprit: AsyncResult<Int> = try await field.send("pool.trap", 9)
        let failure = try await culprit.failure()
        #expect(failure.type == "WorkerLostError" && failure.module == "billiard.exceptions")
        #expect(failure.history.map(\.type) == ["WorkerLostError", "WorkerLostError"])
        #expect(failure.traceback?.contains("Program crashed") == true, "\(failure.traceback ?? "no traceback")")
        #expect(failure.traceback?.contains("about to look at 9") == true)
        // The third line comes beside the result.
        try await worker.waits(for: "lost", count: 3)
        #expect(worker.lines("lost").count == 3)
        let store = try #require(field.app.broker as? any DeadLetterStore)
        let dead = try await store.deadLetters(in: nil, after: nil, limit: 10)
        #expect(dead.map(\.id) == [culprit.id])
        #expect(dead.first?.reason.contains("poison") == true)
    }

    @Test("of four tasks in a child that crashes, the innocent three succeed and the guilty one is named")
    func quarantine() async throws {
        let field = try PoolField()
        defer { field.clear() }
        let worker = try field.start(children: 1, perChild: 4, ["crashLimit": 1])
        defer { worker.end() }
        try await worker.waits(for: "ready")
        let innocents = try await field.app.send(
            (0..<3).map { _ in Signature<Int>("pool.sleep", EncodedArguments(args: [], kwargs: ["milliseconds": 500])) }
        )
        for innocent in innocents { for try await update in innocent.updates where update.state == .started { break } }
        let culprit: AsyncResult<Int> = try await field.send("pool.trap", 9)
        #expect(try await culprit.failure().type == "WorkerLostError")
        for innocent in innocents { #expect(try await innocent.get(timeout: .seconds(60)) == 500) }
    }

    @Test("no child outlives its worker's kill -9")
    func orphans() async throws {
        let field = try PoolField()
        defer { field.clear() }
        let worker = try field.start(children: 3, perChild: 1)
        defer { worker.end() }
        try await worker.waits(for: "ready")
        try await eventually("three children") { worker.children.count == 3 }
        let spin: AsyncResult<Int> = try await field.send("pool.spin")
        for try await update in spin.updates where update.state == .started { break }
        let children = worker.children
        worker.end()
        try await eventually("no orphans") { SupervisorProcess.alive(children).isEmpty }
    }
}
