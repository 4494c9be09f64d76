import ArgumentParser
import Celeriac
import Logging

/// A command that works on the app. Errors become a sentence on standard error and an exit code here, in one place.
protocol AppCommand: AsyncParsableCommand {
    var logLevel: Logger.Level { get }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws
}

extension AppCommand {
    var logLevel: Logger.Level { .warning }

    mutating func run() async throws {
        let session = try CommandSession.required()
        do {
            try await run(session.openApp(logLevel), session.terminal)
        } catch let error where error is ExitCode || error is ValidationError || error is CleanExit {
            throw error
        } catch {
            let failure = CommandFailure(error)
            session.terminal.note("Error: \(failure.message)")
            throw ExitCode(failure.exit.rawValue)
        }
    }
}

/// `--json`, for every command that shows something.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of text for people.")
    var json = false
}
