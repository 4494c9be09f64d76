import CeleriacWorker
import ArgumentParser
import Celeriac
import Configuration
import CeleriacClient
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
    /// The URLs that the command line names.
    var given = BrokerArguments([])
    /// The environment's settings.
    var environment: any ConfigProvider = EnvironmentVariablesProvider()
    /// The settings of the configuration file; `nil` without one.
    private(set) var file: (any ConfigProvider)?
    var worker = WorkerOptions()
    /// The work of the command `serve`; `nil` for a program without it.
    var serve: (@Sendable (TaskApp, Worker?) async throws -> Void)?
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
        if let problem = given.problem { throw problem }
        let urls = GivenURLs(
            broker: given.broker, resultBackend: given.resultBackend, file: file.map { ConfigReader(provider: $0) })
        let app = try GivenURLs.$current.withValue(urls) { try makeApp(logger) }
        guard urls.isUsed || !given.namesURL else {
            throw CommandFailure(
                .configuration,
                "this program chooses its broker itself, so --broker and --result-backend would change nothing: "
                    + "make its app with TaskApp(fallback:schemes:), which reads them")
        }
        return app
    }

    /// Parses and runs a command, and reports its error.
    ///
    /// - Returns: the exit code.
    func run(_ root: any AsyncParsableCommand.Type, _ arguments: [String]) async -> Int32 {
        var session = self
        do { session.file = try await configurationFile() } catch { return report(error, of: root) }
        return await Self.$current.withValue(session) {
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

    /// The settings for workers: the environment's, then those of the configuration file.
    var configuration: ConfigReader { ConfigReader(providers: [environment, file].compactMap(\.self)) }

    /// - Throws: ``CommandFailure`` if the file that is named cannot be read.
    private func configurationFile() async throws -> (any ConfigProvider)? {
        guard let path = given.file ?? ConfigReader(provider: environment).string(forKey: "celeriac.config") else {
            return nil
        }
        let name = ConfigReader(provider: InMemoryProvider(values: ["filePath": ConfigValue(stringLiteral: path)]))
        do { return try await FileProvider<JSONSnapshot>(config: name) } catch {
            throw CommandFailure(
                .configuration,
                "the configuration file \(path) cannot be read: it must be a JSON file, and this user must be allowed to "
                    + "read it (\(error))")
        }
    }

    private func report(_ error: any Error, of root: any AsyncParsableCommand.Type) -> Int32 {
        if error is CeleriacError || error is BrokerError || error is CommandFailure {
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
