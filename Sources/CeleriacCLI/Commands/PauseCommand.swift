import ArgumentParser
import Celeriac
import CeleriacCore
import Foundation

/// `pause`: lets no worker take calls from a queue until it is resumed.
struct PauseCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let workers take no more calls from a queue.",
        discussion: """
            Calls are accepted as before, and running calls go on. A pause lasts until `resume`, whatever restarts. \
            Python's workers are not stopped by it: use `control cancel_consumer` for them.
            """
    )

    @Argument(help: "The queue; it need not exist yet.")
    var queue: String
    @Option(help: "Why, for those who look at the queue; at most 1000 characters. (default: none)")
    var note = ""
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let queue = try QueueName(queue)
        let gate = try app.backend.require(.gate)
        try await gate.setPaused(true, queue, by: NSUserName(), note: note)
        if output.json { return terminal.show(["queue": .text(queue), "paused": true]) }
        terminal.print("paused queue \"\(queue)\"".onOneLine)
    }
}

/// `resume`: ends a pause.
struct ResumeCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let workers take calls from a paused queue again.")

    @Argument(help: "The queue.")
    var queue: String
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let queue = try QueueName(queue)
        let gate = try app.backend.require(.gate)
        guard try await gate.pausedQueues().contains(where: { $0.queue == queue }) else {
            throw CommandFailure(.notFound, "queue \"\(queue)\" is not paused")
        }
        try await gate.setPaused(false, queue, by: NSUserName(), note: "")
        if output.json { return terminal.show(["queue": .text(queue), "paused": false]) }
        terminal.print("resumed queue \"\(queue)\"".onOneLine)
    }
}
