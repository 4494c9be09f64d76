import ArgumentParser
import Celeriac

/// `dead requeue`: puts dead letters back into their queues, as first attempts.
struct DeadRequeueCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue", abstract: "Put dead letters back into their queues, as first attempts."
    )

    @OptionGroup var selection: DeadSelection
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let store = try app.backend.require(.deadLetters)
        let outcome = try await selection.apply("Requeue", app, terminal) { try await store.requeue($0) }
        try terminal.show("requeued", outcome, json: output.json)
    }
}
