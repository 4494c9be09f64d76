import ArgumentParser
import Celeriac
import CeleriacCore

/// `revoke`: keeps calls from starting.
struct RevokeCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke calls: workers will not start them.",
        discussion: """
            A revocation also holds if the call is enqueued later. A running call continues unless --terminate \
            is given. The broker stores the revocation; running Python workers are notified too. Notes report \
            which of the first \(Self.mostSought) calls have already ended and which are unknown.
            """
    )

    @Argument(help: "The ids of the calls, or the beginnings of random ids.")
    var ids: [String]
    @Flag(help: "Also cancel calls that are running.")
    var terminate = false
    @Option(help: "With --terminate: the signal with which Python workers end them.")
    var signal = SignalArgument.terminate
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let ids = try await app.fullIDs(ids)
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

    /// The number of calls that are looked up. A broker without an index by id searches its queues, which takes a while
    /// for each call.
    private static let mostSought = 10

    /// Notes which calls have ended already, so that the revocation comes too late, and which are unknown.
    ///
    /// - Returns: the ids of the unknown calls.
    private func note(
        _ ids: some Sequence<TaskID>, _ app: TaskApp, _ terminal: Terminal
    ) async throws -> [TaskID] {
        var unknown: [TaskID] = []
        for id in ids {
            let state = try await app.results?.record(of: id)?.state
            if let state, state.isTerminal {
                terminal.note("Note: call \(id) has already ended as \(state).".onOneLine)
            } else if try await !isKnown(id, as: state, app) {
                terminal.note("Note: call \(id) is unknown; it will not start if it is enqueued later.".onOneLine)
                unknown.append(id)
            }
        }
        return unknown
    }

    /// On Celery's wire a call without a record is PENDING, so that only its message shows whether the call exists.
    private func isKnown(_ id: TaskID, as state: TaskState?, _ app: TaskApp) async throws -> Bool {
        if let state, state != .pending || app.backend.derivesStates { return true }
        guard let inspector = app.backend.inspector else { return state != nil || app.results == nil }
        return try await inspector.message(of: id) != nil
    }
}
