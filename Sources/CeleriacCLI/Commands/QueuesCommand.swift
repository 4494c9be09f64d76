import ArgumentParser
import Celeriac
import CeleriacCore

/// `queues`: counts the calls in each queue, and shows which queues have no worker.
struct QueuesCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "Show how many calls each queue holds.",
        discussion: """
            OLDEST is how long the next call to start has been waiting for a worker. SERVED says whether a live worker \
            serves the queue, or that it is paused; a question mark stands for a number or an answer that the broker does not know.
            """
    )

    @Argument(help: "Only these queues. (default: all)")
    var queues: [String] = []
    @Option(
        name: .shortAndLong,
        help: """
            How long workers may take to say which queues they serve, \(DurationArgument.help). They are asked only if \
            the broker has remote control and has no record of a worker for some queue.
            """
    )
    var timeout = DurationArgument(.seconds(1))
    @OptionGroup var watching: WatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if timeout.duration == .zero { throw ValidationError("--timeout must be greater than 0") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        try await watching.run(app, terminal, keepsHistory: output.json) { try await show(app, $0) }
    }

    private func show(_ app: TaskApp, _ terminal: Terminal) async throws {
        let names = try await selected(app)
        var rows: [Row] = []
        for name in names { rows.append(Row(queue: name, counts: try await app.queue(name).counts)) }
        let served = try await ServedQueues(of: app, among: names, timeout: timeout.duration, terminal)
        let paused = try await app.backend.gate?.pausedQueues().map(\.queue)
        for index in rows.indices {
            rows[index].isServed = served.contains(rows[index].queue)
            rows[index].isPaused = paused?.contains(rows[index].queue)
        }
        if output.json { return terminal.show(.array(rows, \.document)) }
        terminal.show(table(rows), else: "no queues")
        noteStranded(rows, terminal)
    }

    private struct Row {
        let queue: QueueName
        let counts: QueueCounts
        /// `nil` if it is unknown.
        var isServed: Bool?
        /// `nil` if the broker cannot pause queues.
        var isPaused: Bool?

        var document: JSONValue { .counts(counts, of: queue, isServed: isServed, isPaused: isPaused) }
        var service: String {
            if isPaused == true { return "paused" }
            return isServed.map { $0 ? "yes" : "no" } ?? "?"
        }
        /// Whether calls wait here that nobody will run.
        var isStranded: Bool {
            isServed == false && isPaused != true && (counts.ready ?? 0) + (counts.delayed ?? 0) > 0
        }
    }

    private func selected(_ app: TaskApp) async throws -> [QueueName] {
        guard !queues.isEmpty else { return try await app.knownQueues() }
        var selected: [QueueName] = []
        for queue in queues { selected.append(try await app.knownQueue(queue)) }
        return selected
    }

    private func table(_ rows: [Row]) -> Table {
        var table = Table(
            .text("QUEUE"), .number("READY"), .number("DELAYED"), .number("RUNNING"), .number("DEAD"),
            .number("OLDEST"), .whole("SERVED") { $0 == "no" ? .red : nil }
        )
        for row in rows {
            let counts = row.counts
            table.add(
                "\(row.queue)", text(counts.ready), text(counts.delayed), text(counts.leased), text(counts.dead),
                counts.oldestReady?.brief ?? "-", row.service
            )
        }
        return table
    }

    private func noteStranded(_ rows: [Row], _ terminal: Terminal) {
        let names = rows.filter(\.isStranded).map(\.queue.rawValue).joined(separator: ",")
        guard !names.isEmpty else { return }
        terminal.note(
            "Note: calls wait, but no live worker serves \(names): start one with --queues \(names)".onOneLine)
    }

    /// A number that the broker does not know is shown as a question mark.
    private func text(_ count: Int?) -> String { count.map(\.grouped) ?? "?" }
}
