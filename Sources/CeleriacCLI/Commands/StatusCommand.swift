import ArgumentParser
import Celeriac

/// `status`: shows which workers answer.
struct StatusCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which Swift and Python workers answer.",
        discussion: """
            For brokers with remote control (memory, Redis, RabbitMQ). For other brokers, inspect workers shows the \
            workers that recorded themselves there. Exits with 3 if no worker answers.
            """
    )

    @OptionGroup(title: "Workers to ask") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let replies = try await audience.inspection(app).ping().sorted { $0.node < $1.node }
        try terminal.show(replies, json: output.json, of: audience) { _ in "OK" }
        if !output.json { terminal.note("\(replies.count) online") }
    }
}
