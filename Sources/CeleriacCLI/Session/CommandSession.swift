import CeleriacWorker
import ArgumentParser
import Celeriac
import Foundation
import Logging

/// The state that the commands of one run share: how to make the app, and where to print.
///
/// It is task-local, because the argument parser creates the commands and no initialiser can receive it.
struct CommandSession: Sendable {
    @TaskLocal static var current: CommandSession?

    let makeApp: @Sendable (Logger) throws -> TaskApp
    var terminal = Terminal.live
    var name: String?
    var abstract = ""
    var version = ""
    var commands: [any ParsableCommand.Type] = []
    var defaultCommand: (any ParsableCommand.Type)?
    var discussion: String?
    var worker = WorkerOptions()
    /// Whether this program has tasks, and thus the `worker` command.
    var runsTasks = true
    /// Ends the process from within a command that cannot return.
    var leave: @Sendable (Int32) -> Void = { exit($0) }

    init(makeApp: @escaping @Sendable (Logger) throws -> TaskApp) { self.makeApp = makeApp }

    /// The line that `--version` prints: `signup 1.2 (celeriac 0.3.0)`.
    var versionLine: String {
        let ours = "\(SoftwareInfo.name) \(SoftwareInfo.version)"
        let own = [name, version.isEmpty ? nil : version].compactMap(\.self).joined(separator: " ")
        return own.isEmpty || own == SoftwareInfo.name ? ours : "\(own) (\(ours))"
    }

    static func required() throws -> CommandSession {
        if let current { return current }
        throw CeleriacError(
            .noApp, "these commands only run within CeleriacCommand.main(name:app:) or CeleriacCommand.using(_:body:)"
        )
    }

    func openApp(_ level: Logger.Level) throws -> TaskApp {
        var logger = Logger(label: name ?? "celeriac") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return try makeApp(logger)
    }

    /// Parses and runs a command, and reports its error.
    ///
    /// - Returns: the exit code.
    func run(_ root: any AsyncParsableCommand.Type, _ arguments: [String]) async -> Int32 {
        await Self.$current.withValue(self) {
            do {
                var command = try root.parseAsRoot(arguments)
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                return 0
            } catch {
                return report(error, of: root)
            }
        }
    }

    private func report(_ error: any Error, of root: any AsyncParsableCommand.Type) -> Int32 {
        if error is CeleriacError || error is BrokerError {
            // The error of a user's own command; Celeriac's commands have already reported theirs.
            let failure = CommandFailure(error)
            terminal.error(failure.message)
            return failure.exit.rawValue
        }
        let code = root.exitCode(for: error)
        let text = HelpText.fitted(root.fullMessage(for: error))
        if !text.isEmpty { code.isSuccess ? terminal.print(text) : terminal.note(text) }
        return code.rawValue
    }
}
