public import ArgumentParser
public import Celeriac
import Foundation
public import Logging

/// The command line of a task app, inside the app's own executable: `worker`, `call`, `result`, `revoke`, `status`,
/// `inspect`, `control`, `events`, `queues`, `pause`, `resume`, `list`, `report`, `purge`, `dead`, `beat`, `stubs`, and
/// commands of your own.
///
/// ```swift
/// @main
/// struct Main {
///     static func main() async {
///         await CeleriacCommand.main(name: "signup", serve: serve) { logger in
///             try TaskApp(fallback: "sqlite:///signup.sqlite", schemes: [.sqlite], logger: logger)
///         }
///     }
/// }
/// ```
///
/// Or below a root command that you already have:
///
/// ```swift
/// static let configuration = CommandConfiguration(subcommands: [Serve.self] + CeleriacCommand.subcommands)
/// static func main() async {
///     await CeleriacCommand.using({ logger in try makeApp(logger) }) { await Self.main(nil) }
/// }
/// ```
///
/// Every command prints a table or a sentence for people, or one JSON document with `--json` (`events` prints one
/// document a line). JSON documents have dates in ISO 8601 with fractions, durations in seconds, absent values as
/// `null`, and keys in snake case. Results go to standard output, everything else to standard error.
///
/// | exit code | meaning |
/// |---|---|
/// | 0 | done |
/// | 1 | the operation failed: the task failed or was revoked, a worker refused, or a worker left unfinished tasks |
/// | 3 | not found: no such call, queue, dead letter, entry or worker; no worker answered |
/// | 4 | the call did not end in time |
/// | 64 | wrong use; the message says what was expected |
/// | 69 | the broker or result backend is unreachable or refused the request |
/// | 78 | the app is set up wrongly: its configuration is invalid, or its backends lack an ability |
public struct CeleriacCommand: AsyncParsableCommand {
    public static var configuration: CommandConfiguration {
        let session = CommandSession.current
        return CommandConfiguration(
            commandName: session?.name, abstract: session?.abstract ?? "",
            discussion: (session?.discussion).map { $0 + "\n\n" + CommandExit.table } ?? CommandExit.table,
            version: session?.versionLine ?? "",
            subcommands: (session?.serve == nil ? [] : [ServeCommand.self]) + (session?.commands ?? []),
            groupedSubcommands: [
                CommandGroup(
                    name: "Task",
                    subcommands: (session?.runsTasks == false ? [] : [WorkerCommand.self])
                        + [CallCommand.self, ResultCommand.self, RevokeCommand.self]
                ),
                CommandGroup(
                    name: "Monitoring",
                    subcommands: [
                        StatusCommand.self, InspectCommand.self, EventsCommand.self, QueuesCommand.self,
                        ListCommand.self, ReportCommand.self,
                    ]
                ),
                CommandGroup(name: "Periodic tasks", subcommands: [BeatCommand.self]),
                CommandGroup(name: "Remote control", subcommands: [ControlCommandGroup.self]),
                CommandGroup(
                    name: "Maintenance",
                    subcommands: [
                        DeadCommand.self, PauseCommand.self, ResumeCommand.self, PurgeCommand.self, MigrateCommand.self,
                    ]),
            ]
                + (session?.runsTasks == false
                    ? [] : [CommandGroup(name: "Other languages", subcommands: [StubsCommand.self])]),
            defaultSubcommand: session?.defaultCommand ?? (session?.serve == nil ? nil : ServeCommand.self)
        )
    }

    /// The commands, for a root command of your own. Run it within ``using(_:body:)``.
    public static var subcommands: [any ParsableCommand.Type] {
        [
            WorkerCommand.self, CallCommand.self, ResultCommand.self, RevokeCommand.self, StatusCommand.self,
            InspectCommand.self, EventsCommand.self, QueuesCommand.self, ControlCommandGroup.self, DeadCommand.self,
            PauseCommand.self, ResumeCommand.self, PurgeCommand.self, MigrateCommand.self, BeatCommand.self,
            ListCommand.self, ReportCommand.self,
            StubsCommand.self,
        ]
    }

    public init() {}

    /// Runs the process's arguments as a command, and ends the process with its exit code.
    ///
    /// Celeriac's commands accept the options `--broker` (`-b`) and `--result-backend`, each with a URL. They override
    /// what an app reads that is made with `TaskApp(configuration:fallback:schemes:…)`. Your own commands receive their
    /// arguments as they are.
    ///
    /// - Parameters:
    ///   - name: the name of the executable, shown in the help.
    ///   - version: the version of the executable; `--version` prints it, followed by Celeriac's version.
    ///   - commands: your own commands, listed before Celeriac's.
    ///   - defaultCommand: the command that runs if the arguments name none; `nil` shows the help.
    ///   - worker: the options that the `worker` command starts from; its flags override them. `nil` means that this
    ///     program runs no tasks and has no such command.
    ///   - discussion: additional text for the help.
    ///   - arguments: the command to run; by default the process's own arguments.
    ///   - serve: the work of the command `serve`, such as a web server, which is then also the default command. It gets
    ///     the app, which is the default app then, and a worker to run beside it; `nil` after `--no-worker`.
    ///     A program without it has no such command.
    ///   - app: makes the app when a command needs it, by `TaskApp(configuration:fallback:schemes:…)` so that it obeys
    ///     `--broker`. The logger writes to standard error, at the level that
    ///     `--log-level` sets.
    public static func main(
        name: String, abstract: String = "", version: String = "", commands: [any ParsableCommand.Type] = [],
        defaultCommand: (any ParsableCommand.Type)? = nil, worker: WorkerOptions? = WorkerOptions(),
        discussion: String? = nil, arguments: [String] = Array(CommandLine.arguments.dropFirst()),
        serve: (@Sendable (TaskApp, Worker?) async throws -> Void)? = nil,
        app: @escaping @Sendable (Logger) throws -> TaskApp
    ) async {
        let given = BrokerArguments(arguments)
        let isOurs = given.isForCommand(of: commands)
        var session = CommandSession(makeApp: app)
        if let serve {
            session.serve = { app, worker in
                // Handlers of requests may run outside of the task that serves.
                app.makeDefault()
                try await serve(app, worker)
            }
        }
        if isOurs { session.given = given }
        session.name = name
        session.abstract = abstract
        session.version = version
        session.commands = commands
        session.defaultCommand = defaultCommand
        session.discussion = [discussion, BrokerArguments.help].compactMap(\.self).joined(separator: "\n\n")
        session.worker = worker ?? WorkerOptions()
        session.runsTasks = worker != nil
        await Foundation.exit(session.run(CeleriacCommand.self, isOurs ? given.rest : arguments))
    }

    /// Makes `app` available to ``subcommands`` and ``app(logLevel:)`` within `body`.
    public static func using<Value>(
        _ app: @escaping @Sendable (Logger) throws -> TaskApp, worker: WorkerOptions = WorkerOptions(),
        body: () async throws -> Value
    ) async rethrows -> Value {
        var session = CommandSession(makeApp: app)
        session.worker = worker
        return try await CommandSession.$current.withValue(session, operation: body)
    }

    /// Makes the app of the command line, for your own commands.
    ///
    /// - Throws: the errors of your closure; ``CeleriacError`` with code `noApp` outside a command line.
    public static func app(logLevel: Logger.Level = .info) throws -> TaskApp {
        try CommandSession.required().openApp(logLevel)
    }
}
