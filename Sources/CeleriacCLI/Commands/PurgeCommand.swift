import ArgumentParser
import Celeriac
import CeleriacCore

/// `purge`: empties a queue.
struct PurgeCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Delete all waiting calls of a queue.",
        discussion: "Delayed calls are deleted too. Running calls and dead letters stay."
    )

    @Argument(help: "The queue.")
    var queue: String
    @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
    var force = false
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let queue = try await app.knownQueue(queue)
        if !force {
            let waiting = try? await app.queue(queue).counts.waiting
            try terminal.confirm(
                "Delete the \(waiting.map { "\($0.grouped) " } ?? "")calls that wait in queue \"\(queue)\"?".onOneLine)
        }
        let count = try await app.purge(queue)
        if output.json {
            terminal.show(["queue": .text(queue), "deleted": .count(count)])
        } else {
            terminal.print(
                "deleted \(count.grouped) \(count == 1 ? "call" : "calls") from queue \"\(queue)\"".onOneLine)
        }
    }
}
