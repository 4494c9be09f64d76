import Celeriac
import CeleriacCore
import CeleriacSQLite
import Foundation
import TestKit
import Testing

/// Real processes, real signals.
@Suite("A worker that is told to stop", .serialized, .timeLimit(.minutes(15)))
struct SignalTests {
    private let field: Field
    private let app: TaskApp

    init() throws {
        field = try Field()
        app = try field.app()
    }

    @Test("once lets what runs finish, and ends with 0", arguments: [SIGTERM, SIGINT])
    func warm(signal: Int32) async throws {
        defer { field.clear() }
        let file = field.folder.appending(path: "go").path
        let result = try await send("signal.await", [.string(file)])
        let worker = try await startWorker(with: [result])
        defer { worker.kill() }
        try await worker.tell(signal, until: "Stopping: ")
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        #expect(try await worker.exit() == 0)
        #expect(try await app.result(of: result.id, as: Int.self).get() == 1)
    }

    @Test("twice cancels what runs and gives it back, and ends with 0")
    func soft() async throws {
        defer { field.clear() }
        let result = try await send("signal.await", [.string("/none")])
        let worker = try await startWorker(with: [result])
        defer { worker.kill() }
        try await worker.tell(SIGTERM, until: "Stopping: ")
        Foundation.kill(worker.pid, SIGTERM)
        #expect(try await worker.exit() == 0)
        try await expectGivenBack([result])
    }

    @Test("by SIGQUIT cancels at once")
    func quit() async throws {
        defer { field.clear() }
        let result = try await send("signal.await", [.string("/none")])
        let worker = try await startWorker(with: [result])
        defer { worker.kill() }
        Foundation.kill(worker.pid, SIGQUIT)
        #expect(try await worker.exit() == 0)
        try await expectGivenBack([result])
    }

    @Test("leaves a task that ignores its cancellation when the grace is over, and ends with 1")
    func grace() async throws {
        defer { field.clear() }
        let result = try await send("signal.ignore")
        let worker = try await startWorker(with: [result], grace: "100ms")
        defer { worker.kill() }
        Foundation.kill(worker.pid, SIGQUIT)
        #expect(try await worker.exit() == 1)
        try await expectGivenBack([result])
    }

    @Test("a third time leaves at once, however long the grace")
    func cold() async throws {
        defer { field.clear() }
        let result = try await send("signal.ignore")
        let worker = try await startWorker(with: [result])
        defer { worker.kill() }
        try await worker.tell(SIGTERM, until: "Stopping: ")
        try await worker.tell(SIGINT, until: "Cancelling: ")
        Foundation.kill(worker.pid, SIGTERM)
        #expect(try await worker.exit() == 1)
        try await expectGivenBack([result])
    }

    @Test("hears it while its tasks hold every thread of the pool", arguments: ["signal.spin", "signal.block"])
    func spinning(task: TaskName) async throws {
        defer { field.clear() }
        var results: [AsyncResult<JSONValue>] = []
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount * 2 { results.append(try await send(task)) }
        // Where they spin as many start as there are threads.
        let first = Array(results.prefix(task == "signal.spin" ? 1 : results.count))
        let worker = try await startWorker(with: first)
        defer { worker.kill() }
        try await worker.tell(SIGQUIT, until: "Cancelling: ")
        Foundation.kill(worker.pid, SIGQUIT)
        #expect(try await worker.exit() == 1)
        try await expectGivenBack(results)
    }

    // MARK: Its start

    @Test("while it still waits for its first child, ends at once, with 0", arguments: [SIGTERM, SIGQUIT])
    func starting(signal: Int32) async throws {
        defer { field.clear() }
        let worker = try SignalledWorker(
            field.database, ["worker", "--pool", "processes", "--log-level", "info"],
            environment: ["SIGNAL_CHILDREN_HANG": "yes"])
        defer { worker.kill() }
        try await worker.says("worker starts")
        Foundation.kill(worker.pid, signal)
        #expect(try await worker.exit() == 0)
    }

    @Test("that scales from none has a child all the same, and runs calls", arguments: ["3", "3,0"])
    func autoscaling(range: String) async throws {
        defer { field.clear() }
        let file = field.folder.appending(path: "go").path
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        let result = try await send("signal.await", [.string(file)])
        let worker = try SignalledWorker(
            field.database, ["worker", "--pool", "processes", "--autoscale", range, "--log-level", "critical"])
        defer { worker.kill() }
        #expect(try await app.result(of: result.id, as: Int.self).get(timeout: .seconds(50)) == 1)
        Foundation.kill(worker.pid, SIGTERM)
        #expect(try await worker.exit() == 0)
    }

    // MARK: Steps

    private func send(_ task: TaskName, _ args: [JSONValue] = []) async throws -> AsyncResult<JSONValue> {
        try await app.send(Signature<JSONValue>(task, EncodedArguments(args: args)))
    }

    /// A worker that has started the calls.
    private func startWorker(
        with calls: [AsyncResult<JSONValue>], grace: String = "10m"
    ) async throws -> SignalledWorker {
        let worker = try SignalledWorker(
            field.database,
            [
                "worker", "--pool", "in-process", "--concurrency", "64", "--shutdown-limit", "10m",
                "--cancellation-grace", grace, "--log-level", "critical",
            ])
        for call in calls {
            for try await update in call.updates where update.state == .started { break }
        }
        return worker
    }

    /// The process is gone: what it gave back is there for others already, and counts as not delivered.
    private func expectGivenBack(_ calls: [AsyncResult<JSONValue>]) async throws {
        let inspector = try #require(app.broker as? any Inspector)
        for call in calls {
            let message = try await inspector.message(of: call.id)
            #expect(message?.status == .ready)
            #expect(message?.deliveryCount == 0)
        }
    }
}

/// A `SignalWorker`, and what it says.
final class SignalledWorker: Sendable {
    private let process = Process()
    private let errors = Pipe.unshared()
    private let ended = Gate()

    init(_ database: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = builtProgram("SignalWorker")
        process.arguments = [database] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardError = errors
        process.terminationHandler = { [ended] _ in ended.open() }
        try process.begin()
    }

    var pid: Int32 { process.processIdentifier }

    /// Sends a signal, and waits until the worker says that it heard.
    func tell(_ signal: Int32, until word: String) async throws {
        Foundation.kill(pid, signal)
        try await says(word)
    }

    /// Waits until it says that.
    func says(_ word: String) async throws {
        let errors = errors.fileHandleForReading
        let text = try await offPool {
            var text = ""
            while !text.contains(word), let more = try errors.read(upToCount: 1) {
                text += String(decoding: more, as: UTF8.self)
            }
            return text
        }
        guard text.contains(word) else { throw CocoaError(.fileReadUnknown) }
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit code; negative = by that signal.
    func exit() async throws -> Int32 {
        try await ended.wait()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(pid, SIGKILL)
    }
}
