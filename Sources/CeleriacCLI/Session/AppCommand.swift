import ArgumentParser
import Celeriac
import CeleriacCore
import Logging

/// A command that works on the app. Errors become a sentence on standard error and an exit code here, in one place.
protocol AppCommand: AsyncParsableCommand {
    var logLevel: Logger.Level { get }
    /// Whether the command runs until it is stopped, and so waits for a server that is away at its start.
    var isService: Bool { get }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws
}

extension AppCommand {
    var logLevel: Logger.Level { .warning }
    var isService: Bool { false }

    mutating func run() async throws {
        let session = try CommandSession.required()
        do {
            let app = try session.openApp(logLevel)
            if !isService { app.backend.patient.forEach { $0.failAtFirst() } }
            try await run(app, session.terminal)
        } catch let error where error is ExitCode || error is ValidationError || error is CleanExit {
            throw error
        } catch {
            let failure = CommandFailure(error)
            session.terminal.error(failure.message)
            throw ExitCode(failure.exit.rawValue)
        }
    }
}

/// `--json`, for every command that shows something.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of text for people.")
    var json = false
}
