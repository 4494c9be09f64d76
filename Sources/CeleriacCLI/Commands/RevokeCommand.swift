import ArgumentParser
import Celeriac
import CeleriacCore

/// `revoke`: keeps calls from starting.
struct RevokeCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Keep calls from starting.",
        discussion: """
            For good, even if the call is enqueued later. A running one goes on unless --terminate. The broker keeps it; \
            Python's workers that live are told too. A note says which of the first \(Self.mostSought) calls have \
            ended already, and which are not known.
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
        let unknown = try await note(ids.prefix(Self.mostSought), app, terminal)
        try await app.revoke(ids, terminate: terminate, signal: signal.signal)
        if output.json {
            terminal.show([
                "revoked": .array(ids) { .text($0) }, "unknown": .array(unknown) { .text($0) },
                "terminate": .bool(terminate),
            ])
        } else {
            terminal.print("revoked \(ids.count == 1 ? "1 call" : "\(ids.count) calls")")
        }
    }

    /// A broker without an index by id searches its queues, which takes a while for each.
    private static let mostSought = 10

    /// Says which calls the revocation comes too late for, and which are not known.
    ///
    /// - Returns: those that are not known.
    private func note(
        _ ids: some Sequence<TaskID>, _ app: TaskApp, _ terminal: Terminal
    ) async throws -> [TaskID] {
        var unknown: [TaskID] = []
        for id in ids {
            let state = try await app.results?.record(of: id)?.state
            if let state, state.isTerminal {
                terminal.note("Note: call \(id) has ended already, as \(state).".onOneLine)
            } else if try await !isKnown(id, as: state, app) {
                terminal.note("Note: call \(id) is not known; it will not start if it is enqueued later.".onOneLine)
                unknown.append(id)
            }
        }
        return unknown
    }

    /// On Celery's wire a call of which nothing is recorded is PENDING, so that only its message tells whether there is one.
    private func isKnown(_ id: TaskID, as state: TaskState?, _ app: TaskApp) async throws -> Bool {
        if let state, state != .pending || app.backend.derivesStates { return true }
        guard let inspector = app.backend.inspector else { return state != nil || app.results == nil }
        return try await inspector.message(of: id) != nil
    }
}
