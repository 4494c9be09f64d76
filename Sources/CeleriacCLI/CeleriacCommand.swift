public import ArgumentParser
public import Celeriac
import Foundation
public import Logging

/// The command line of a task app, inside the app's own executable: `worker`, `call`, `result`, `revoke`, `status`,
/// `inspect`, `control`, `events`, `queues`, `purge`, `dead`, `beat`, `stubs`, and commands of your own beside them.
///
/// ```swift
/// @main
/// struct Main {
///     static func main() async {
///         await CeleriacCommand.main(name: "signup", commands: [ServeCommand.self]) { logger in
///             try TaskApp(fallback: "sqlite:///signup.sqlite", schemes: [.sqlite], logger: logger)
///         }
///     }
/// }
/// ```
///
/// Or below a root command that you have already:
///
/// ```swift
/// static let configuration = CommandConfiguration(subcommands: [Serve.self] + CeleriacCommand.subcommands)
/// static func main() async {
///     await CeleriacCommand.using({ logger in try makeApp(logger) }) { await Self.main(nil) }
/// }
/// ```
///
/// Every command prints a table or a sentence for people, and with `--json` one JSON document for programs (`events`: one a
/// line): dates in ISO 8601 with fractions, durations in seconds, absent values as `null`, keys in snake case. Results go to
/// standard output, everything else to standard error.
///
/// | exit code | meaning |
/// |---|---|
/// | 0 | done |
/// | 1 | what was asked for failed: the task failed or was revoked, a worker refused, or left tasks that had not ended |
/// | 3 | not found: no such call, queue, dead letter, entry or worker; no worker answered |
/// | 4 | not ended within the time given |
/// | 64 | wrong use: the text says what was expected |
/// | 69 | the broker or result backend cannot be reached, or refused |
/// | 78 | the app is set up wrongly: its configuration, or an ability that its backends lack |
public struct CeleriacCommand: AsyncParsableCommand {
    public static var configuration: CommandConfiguration {
        let session = CommandSession.current
        return CommandConfiguration(
            commandName: session?.name, abstract: session?.abstract ?? "",
            discussion: (session?.discussion).map { $0 + "\n\n" + CommandExit.table } ?? CommandExit.table,
            version: session?.versionLine ?? "", subcommands: session?.commands ?? [],
            groupedSubcommands: [
                CommandGroup(
                    name: "Task",
                    subcommands: (session?.runsTasks == false ? [] : [WorkerCommand.self])
                        + [CallCommand.self, ResultCommand.self, RevokeCommand.self]
                ),
                CommandGroup(
                    name: "Monitoring",
                    subcommands: [StatusCommand.self, InspectCommand.self, EventsCommand.self, QueuesCommand.self]
                ),
                CommandGroup(name: "Periodic tasks", subcommands: [BeatCommand.self]),
                CommandGroup(name: "Remote control", subcommands: [ControlCommandGroup.self]),
                CommandGroup(name: "Maintenance", subcommands: [DeadCommand.self, PurgeCommand.self]),
            ]
                + (session?.runsTasks == false
                    ? [] : [CommandGroup(name: "Other languages", subcommands: [StubsCommand.self])]),
            defaultSubcommand: session?.defaultCommand
        )
    }

    /// The commands, for a root command of your own. Run it within ``using(_:body:)``.
    public static var subcommands: [any ParsableCommand.Type] {
        [
            WorkerCommand.self, CallCommand.self, ResultCommand.self, RevokeCommand.self, StatusCommand.self,
            InspectCommand.self, EventsCommand.self, QueuesCommand.self, ControlCommandGroup.self, DeadCommand.self,
            PurgeCommand.self, BeatCommand.self, StubsCommand.self,
        ]
    }

    public init() {}

    /// Runs the process's arguments as a command, and ends the process with its exit code.
    ///
    /// - Parameters:
    ///   - name: the executable's, for the help.
    ///   - version: the executable's; `--version` prints it, and Celeriac's behind it.
    ///   - commands: your own, listed before ours.
    ///   - defaultCommand: runs where the arguments name none; `nil` = the help is shown.
    ///   - worker: what the `worker` command starts from; its flags win. `nil` = this program runs no tasks and has no such
    ///     command.
    ///   - discussion: what the help says besides.
    ///   - arguments: what is run; by default the process's own.
    ///   - app: makes the app, when a command needs it. The logger writes to standard error, at the level that
    ///     `--log-level` says.
    public static func main(
        name: String, abstract: String = "", version: String = "", commands: [any ParsableCommand.Type] = [],
        defaultCommand: (any ParsableCommand.Type)? = nil, worker: WorkerOptions? = WorkerOptions(),
        discussion: String? = nil, arguments: [String] = Array(CommandLine.arguments.dropFirst()),
        app: @escaping @Sendable (Logger) throws -> TaskApp
    ) async {
        var session = CommandSession(makeApp: app)
        session.name = name
        session.abstract = abstract
        session.version = version
        session.commands = commands
        session.defaultCommand = defaultCommand
        session.discussion = discussion
        session.worker = worker ?? WorkerOptions()
        session.runsTasks = worker != nil
        await Foundation.exit(session.run(CeleriacCommand.self, arguments))
    }

    /// Makes the app that ``subcommands`` and ``app(logLevel:)`` use within `body`.
    public static func using<Value>(
        _ app: @escaping @Sendable (Logger) throws -> TaskApp, worker: WorkerOptions = WorkerOptions(),
        body: () async throws -> Value
    ) async rethrows -> Value {
        var session = CommandSession(makeApp: app)
        session.worker = worker
        return try await CommandSession.$current.withValue(session, operation: body)
    }

    /// The app of the command line, for your own commands.
    ///
    /// - Throws: what your closure throws; ``CeleriacError`` with code `noApp` where no command line runs.
    public static func app(logLevel: Logger.Level = .info) throws -> TaskApp {
        try CommandSession.required().openApp(logLevel)
    }
}
