import ArgumentParser
import Celeriac
import Logging
import UnixSignals

/// `beat start`, or `beat` alone: publishes due entries until a signal stops it.
struct BeatStartCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Publish due calls until SIGTERM or SIGINT (the default)."
    )

    @Option(help: "The maximum time between two checks for changes of the schedule, \(DurationArgument.help).")
    var maxInterval = DurationArgument(BeatOptions().maxInterval)
    @Option(name: [.short, .customLong("log-level")], help: "The lowest level that is logged, on standard error.")
    var log = LogLevelArgument.info

    var logLevel: Logger.Level { log.level }
    var isService: Bool { true }

    func validate() throws {
        if maxInterval.duration < .milliseconds(10) { throw ValidationError("--max-interval must be at least 10ms") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let session = try CommandSession.required()
        // A program without tasks declares no entries, and must not delete those of other programs.
        let options = BeatOptions(
            maxInterval: maxInterval.duration, synchronizes: session.runsTasks,
            owner: session.worker.beat?.owner ?? BeatOptions().owner)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigquit)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Beat(app, options: options).run() }
            group.addTask { await terminal.wait(for: signals) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
