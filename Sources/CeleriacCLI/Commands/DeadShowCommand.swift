import ArgumentParser
import Celeriac

/// `dead show`: shows one dead letter in full, with its arguments and its history.
struct DeadShowCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a dead letter with its arguments."
    )

    @Argument(help: "The id of the call, or the beginning of a random id.")
    var id: String
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        guard let letter = try await app.backend.require(.deadLetters).deadLetter(of: app.fullID(id)) else {
            throw CommandFailure(.notFound, "there is no dead letter \"\(id)\"")
        }
        if output.json { terminal.show(.deadLetter(letter, body: true)) } else { show(letter, app, terminal) }
    }

    private func show(_ letter: DeadLetter, _ app: TaskApp, _ terminal: Terminal) {
        let history = letter.envelope.headers.history
        let lines = history.map { "attempt \($0.attempt): \($0.type): \($0.message)" }
        terminal.show([
            ("id", "\(letter.id)"), ("task", "\(letter.envelope.task)"), ("queue", "\(letter.queue)"),
            ("attempt", "\(letter.envelope.headers.attempt)"), ("died", "\(app.time.age(of: letter.diedAt)) ago"),
            ("reason", letter.reason), ("history", lines.isEmpty ? nil : lines.joined(separator: "\n")),
            ("body", JSONValue.stored(letter.envelope.body).text),
        ])
    }
}
