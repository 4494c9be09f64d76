import ArgumentParser
import Celeriac
import CeleriacCore

/// `dead list`: lists dead letters, newest first.
struct DeadListCommand: AppCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List dead letters, newest first.")

    @Option(help: "Only dead letters of this queue. (default: all queues)")
    var queue: String?
    @Option(help: "Continue after this cursor, which the previous list printed. (default: start with the newest)")
    var after: String?
    @Option(help: "The number of dead letters to list, at most 10000.")
    var limit = 50
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be from 1 to 10000") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let queue = if let queue { try await app.knownQueue(queue) } else { nil as QueueName? }
        let letters = try await letters(in: queue, of: app.backend.require(.deadLetters))
        if output.json {
            terminal.show(.array(letters.items) { .deadLetter($0, body: false) })
        } else {
            terminal.show(table(letters.items, app), else: "no dead letters")
        }
        if let next = letters.next { terminal.note("There may be more: --after '\(next.rawValue.onOneLine)'.") }
    }

    /// - Throws: ``CommandFailure`` for an `--after` that no list ended with.
    private func letters(in queue: QueueName?, of store: any DeadLetterStore) async throws -> Page<DeadLetter> {
        do {
            return try await store.deadLetters(in: queue, after: after.map(Cursor.init(rawValue:)), limit: limit)
        } catch let error as BrokerError where error.code == .refused && after != nil {
            throw CommandFailure(.usage, "--after: \(error.message)")
        }
    }

    private func table(_ letters: [DeadLetter], _ app: TaskApp) -> Table {
        var table = Table(
            .id("ID"), .text("TASK"), .text("QUEUE"), .number("ATTEMPT"), .number("DIED"), .prose("REASON")
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
