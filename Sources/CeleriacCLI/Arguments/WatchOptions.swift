import ArgumentParser
import Celeriac
import CeleriacCore
import Synchronization
import UnixSignals

/// `--watch`, for commands that show a state which changes.
struct WatchOptions: ParsableArguments {
    @Flag(help: "Show it again and again, until Ctrl-C.")
    var watch = false
    @Option(help: "With --watch: the time between two looks, \(DurationArgument.help).")
    var interval = DurationArgument(.seconds(2))

    func validate() throws {
        if interval.duration < .milliseconds(10) { throw ValidationError("--interval must be at least 10ms") }
    }

    /// Runs `show` once; with `--watch` repeatedly, each time on a cleared screen if the output is a terminal.
    ///
    /// - Parameter keepsHistory: whether earlier output must stay, as for JSON.
    /// - Throws: the errors of `show`; with `--watch` only those that looking again cannot cure.
    func run(
        _ app: TaskApp, _ terminal: Terminal, keepsHistory: Bool,
        _ show: @escaping @Sendable (Terminal) async throws -> Void
    ) async throws {
        guard watch else { return try await show(terminal) }
        // Before anything is shown, so that no Ctrl-C comes too early.
        let signals = await Terminal.interrupts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await terminal.wait(for: signals) }
            group.addTask {
                while !Task.isCancelled {
                    try await look(terminal, keepsHistory: keepsHistory, show)
                    try await app.time.sleep(for: interval.duration)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Looks once, and shows everything at once, so that the screen does not flicker.
    private func look(
        _ terminal: Terminal, keepsHistory: Bool, _ show: (Terminal) async throws -> Void
    ) async throws {
        let page = Page()
        var screen = terminal
        screen.write = { page.append($0) }
        screen.writeError = screen.write
        do { try await show(screen) } catch let error where Self.mayPass(error) {
            screen.note("Note: \(CommandFailure(error).message)")
        }
        let clears = terminal.width != nil && !keepsHistory
        terminal.write((clears ? "\u{1B}[H\u{1B}[2J" : "") + page.text)
    }

    /// Whether the error may be gone at the next look: a server that is away, or nothing to show yet.
    private static func mayPass(_ error: any Error) -> Bool {
        if error is CancellationError || error is ValidationError || error is ExitCode { return false }
        return [.unavailable, .notFound, .failed].contains(CommandFailure(error).exit)
    }

    private final class Page: Sendable {
        private let content = Guarded("")

        var text: String { content.withLock { $0 } }

        func append(_ text: String) { content.withLock { $0 += text } }
    }
}

extension Terminal {
    /// Catches SIGINT and SIGTERM from now on.
    static func interrupts() async -> UnixSignalsSequence {
        await UnixSignalsSequence(trapping: .sigint, .sigterm)
    }

    /// Returns at the first of the signals.
    func wait(for signals: UnixSignalsSequence) async {
        for await signal in signals { return endLine(after: signal) }
    }

    /// Ends the line on which a terminal has shown `^C`.
    func endLine(after signal: UnixSignal) {
        if signal == .sigint, overwrites { writeError("\n") }
    }
}
