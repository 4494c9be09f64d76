import ArgumentParser
import Celeriac

/// `status`: shows which workers answer.
struct StatusCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show which workers answer, Python's too.",
        discussion: """
            For brokers that have remote control (memory, Redis); elsewhere, inspect workers shows who wrote of \
            themselves. Exits with 3 if none answers.
            """
    )

    @OptionGroup(title: "Whom to ask") var audience: AudienceOptions
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let replies = try await audience.inspection(app).ping().sorted { $0.node < $1.node }
        try terminal.show(replies, json: output.json, of: audience) { _ in "OK" }
        if !output.json { terminal.note("\(replies.count) online") }
    }
}
