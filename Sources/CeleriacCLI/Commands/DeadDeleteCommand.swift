import ArgumentParser
import Celeriac

/// `dead delete`: deletes dead letters for good.
struct DeadDeleteCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete dead letters, for good."
    )

    @OptionGroup var selection: DeadSelection
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let store = try app.backend.require(.deadLetters)
        let outcome = try await selection.apply("Delete", app, terminal) { try await store.deleteDeadLetters($0) }
        try terminal.show("deleted", outcome, json: output.json)
    }
}
