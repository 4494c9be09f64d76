import ArgumentParser
import Celeriac

/// `dead list`: which there are, newest first.
struct DeadListCommand: AppCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List dead letters, newest first.")

    @Option(help: "Only of this queue.")
    var queue: String?
    @Option(help: "How many to skip.")
    var offset = 0
    @Option(help: "How many to list, at most 10000.")
    var limit = 50
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if offset < 0 { throw ValidationError("--offset is 0 or more") }
        try CountArgument.check(offset, "--offset", in: Bounds.count)
        if !(1...10_000).contains(limit) { throw ValidationError("--limit is 1 to 10000") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let queue = if let queue { try await app.knownQueue(queue) } else { nil as QueueName? }
        let letters = try await app.backend.require(.deadLetters).deadLetters(in: queue, offset: offset, limit: limit)
        if output.json {
            terminal.show(.array(letters) { .deadLetter($0, body: false) })
        } else {
            terminal.show(table(letters, app), else: "no dead letters")
            if letters.count == limit { terminal.note("There may be more: --offset \(offset + limit).") }
        }
    }

    private func table(_ letters: [DeadLetter], _ app: TaskApp) -> Table {
        var table = Table(
            .text("ID"), .text("TASK"), .text("QUEUE"), .number("ATTEMPT"), .number("DIED"), .text("REASON")
        )
        for letter in letters {
            table.add(
                "\(letter.id)", "\(letter.envelope.task)", "\(letter.queue)", "\(letter.envelope.headers.attempt)",
                "\(app.time.age(of: letter.diedAt)) ago", letter.reason
            )
        }
        return table
    }
}
