import ArgumentParser
import Celeriac

/// `queues`: counts the calls in each queue.
struct QueuesCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "Show how many calls each queue holds.",
        discussion: "OLDEST is how long the next call to start has been waiting for a worker."
    )

    @Argument(help: "Only these queues.")
    var queues: [String] = []
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        var rows: [(queue: QueueName, counts: QueueCounts)] = []
        for queue in try await selected(app) { rows.append((queue, try await app.queue(queue).counts)) }
        if output.json {
            terminal.show(.array(rows) { .counts($0.counts, of: $0.queue) })
        } else {
            terminal.show(table(rows), else: "no queues")
        }
    }

    private func selected(_ app: TaskApp) async throws -> [QueueName] {
        guard !queues.isEmpty else { return try await app.knownQueues() }
        var selected: [QueueName] = []
        for queue in queues { selected.append(try await app.knownQueue(queue)) }
        return selected
    }

    private func table(_ rows: [(queue: QueueName, counts: QueueCounts)]) -> Table {
        var table = Table(
            .text("QUEUE"), .number("READY"), .number("DELAYED"), .number("RUNNING"), .number("DEAD"), .number("OLDEST")
        )
        for (queue, counts) in rows {
            table.add(
                "\(queue)", text(counts.ready), text(counts.delayed), text(counts.leased), text(counts.dead),
                counts.oldestReady?.brief ?? "-"
            )
        }
        return table
    }

    /// A number that the broker does not know is shown as a question mark.
    private func text(_ count: Int?) -> String { count.map(String.init) ?? "?" }
}
