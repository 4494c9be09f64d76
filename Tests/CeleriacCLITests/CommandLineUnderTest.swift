import CeleriacPool
import CeleriacCore
import Celeriac
import CeleriacSQLite
import Foundation
import Logging
import Synchronization

@testable import CeleriacCLI

/// A command line on an app of its own: one SQLite file in a folder that goes with it, or a store in memory.
final class CommandLineUnderTest: Sendable {
    /// What a command left behind.
    struct Outcome {
        let exit: Int32
        let out: String
        let err: String

        var json: JSONValue { get throws { try JSONValue(parsing: out.trimmingCharacters(in: .newlines)) } }
    }

    let app: TaskApp
    private let folder: URL?

    /// - Parameter queues: the only queues there are.
    init(queues: Set<QueueName>? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "celeriac-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        app = try TaskApp(
            "sqlite:///\(folder.path)/tasks.sqlite", schemes: [.sqlite],
            options: AppOptions(queues: queues, discoversTasks: false), logger: Self.quiet
        )
        try addTasks()
    }

    /// With remote control and events.
    init(_ store: MemoryStore) throws {
        folder = nil
        app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: Self.quiet)
        try addTasks()
    }

    private static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private func addTasks() throws {
        _ = try app.task("tasks.add") { (x: Int, y: Int) in x + y }
        _ = try app.task("tasks.echo") { (value: JSONValue) in value }
        _ = try app.task("tasks.fail") { () -> Int in throw Mishap() }
    }

    deinit { if let folder { try? FileManager.default.removeItem(at: folder) } }

    struct Mishap: Error, CustomStringConvertible {
        var description: String { "it went wrong" }
    }

    /// - Parameter answer: what the person at the terminal types; `nil` = there is none.
    func run(_ arguments: String..., answer: String? = nil) async -> Outcome {
        await run(arguments, answer: answer)
    }

    func run(
        _ arguments: [String], answer: String? = nil, heard: @escaping @Sendable (String) -> Void = { _ in }
    ) async -> Outcome {
        let app = app
        return await Self.run(arguments, answer: answer, heard: heard) { _ in app }
    }

    /// - Parameter heard: told at once of what the command notes on standard error.
    static func run(
        _ arguments: [String], answer: String? = nil, heard: @escaping @Sendable (String) -> Void = { _ in },
        app: @escaping @Sendable (Logger) throws -> TaskApp
    ) async -> Outcome {
        await run(arguments, in: CommandSession(makeApp: app), answer: answer, heard: heard)
    }

    static func run(
        _ arguments: [String], in session: CommandSession, answer: String? = nil,
        heard: @escaping @Sendable (String) -> Void = { _ in }
    ) async -> Outcome {
        let said = Said()
        var session = session
        session.name = "test"
        // A child would be this test bundle again.
        if session.worker.pool.isUsual { session.worker.pool = .inProcess() }
        session.terminal = Terminal(
            write: { text in said.state.withLock { $0.out += text } },
            writeError: { text in
                said.state.withLock { $0.err += text }
                heard(text)
            },
            readLine: { answer }, width: nil, canAsk: answer != nil, overwrites: false
        )
        let exit = await session.run(CeleriacCommand.self, arguments)
        return said.state.withLock { Outcome(exit: exit, out: $0.out, err: $0.err) }
    }

    private final class Said: Sendable {
        let state = Guarded((out: "", err: ""))
    }

    /// Runs all that is ready.
    func drain() async throws { try await Worker(app, options: WorkerOptions(burst: true)).run() }
}
