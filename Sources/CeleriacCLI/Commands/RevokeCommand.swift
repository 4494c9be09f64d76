import ArgumentParser
import Celeriac
import CeleriacCore

/// `revoke`: keeps calls from starting.
struct RevokeCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Keep calls from starting.",
        discussion: """
            For good, even if the call is enqueued later. A running one goes on unless --terminate. The broker keeps it; \
            Python's workers that live are told too.
            """
    )

    @Argument(help: "The ids of the calls.")
    var ids: [String]
    @Flag(help: "Cancel those that run.")
    var terminate = false
    @Option(help: "With --terminate: how Python's workers end them.")
    var signal = SignalArgument.terminate
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let ids = ids.map { TaskID($0) }
        try await noteEnded(ids, app, terminal)
        try await app.revoke(ids, terminate: terminate, signal: signal.signal)
        if output.json {
            terminal.show(["revoked": .array(ids) { .text($0) }, "terminate": .bool(terminate)])
        } else {
            terminal.print("revoked \(ids.count == 1 ? "1 call" : "\(ids.count) calls")")
        }
    }

    private func noteEnded(_ ids: [TaskID], _ app: TaskApp, _ terminal: Terminal) async throws {
        guard let results = app.results else { return }
        for id in ids {
            guard let state = try await results.record(of: id)?.state, state.isTerminal else { continue }
            terminal.note("Note: call \(id) has ended already, as \(state).".onOneLine)
        }
    }
}
