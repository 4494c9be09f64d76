import ArgumentParser
import Celeriac
import CeleriacWorker
import Logging

/// `serve`: the work that the program gave to `CeleriacCommand.main`.
struct ServeCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve, and run tasks too.",
        discussion: "With --no-worker, other processes run the tasks: the command worker."
    )

    @Flag(inversion: .prefixedNo, help: "Run tasks in this process.")
    var worker = true
    @Option(name: [.short, .customLong("log-level")], help: "The lowest level that is logged, on standard error.")
    var log = LogLevelArgument.info

    var logLevel: Logger.Level { log.level }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let session = try CommandSession.required()
        let worker = worker ? Worker(app, options: session.worker) : nil
        try await app.use { try await session.serve?(app, worker) }
    }
}
