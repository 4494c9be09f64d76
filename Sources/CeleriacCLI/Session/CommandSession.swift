import ArgumentParser
import Celeriac
import Foundation
import Logging

/// What the commands of one run share: how the app is made, and where they speak.
///
/// Argument parsers make commands out of types, so there is no initialiser to hand it to; it is task-local instead.
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
    /// Whether this program has tasks, and so the command `worker`.
    var runsTasks = true
    /// Ends the process from within a command, where it cannot come back from it.
    var leave: @Sendable (Int32) -> Void = { exit($0) }

    init(makeApp: @escaping @Sendable (Logger) throws -> TaskApp) { self.makeApp = makeApp }

    /// What `--version` prints: `signup 1.2 (celeriac 0.3.0)`.
    var versionLine: String {
        let ours = "\(SoftwareInfo.name) \(SoftwareInfo.version)"
        let own = [name, version.isEmpty ? nil : version].compactMap(\.self).joined(separator: " ")
        return own.isEmpty || own == SoftwareInfo.name ? ours : "\(own) (\(ours))"
    }

    static func required() throws -> CommandSession {
        if let current { return current }
        throw CeleriacError(
            .noApp, "these commands run within CeleriacCommand.main(name:app:) or CeleriacCommand.using(_:body:)"
        )
    }

    func openApp(_ level: Logger.Level) throws -> TaskApp {
        var logger = Logger(label: name ?? "celeriac") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return try makeApp(logger)
    }

    /// Parses and runs, and says what went wrong.
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
            // Of a user's own command; ours have spoken already.
            let failure = CommandFailure(error)
            terminal.note("Error: \(failure.message)")
            return failure.exit.rawValue
        }
        let code = root.exitCode(for: error)
        let text = root.fullMessage(for: error)
        if !text.isEmpty { code.isSuccess ? terminal.print(text) : terminal.note(text) }
        return code.rawValue
    }
}
