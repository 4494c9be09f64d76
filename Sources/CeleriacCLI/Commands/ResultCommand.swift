import ArgumentParser
import Celeriac

/// `result`: shows the state and result of a call.
struct ResultCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "result", abstract: "Show the state and result of a call.",
        discussion: "Exits with 1 if the call failed or was revoked, and with 3 if nothing is known about it."
    )

    @Argument(help: "The id of the call, or the beginning of a random id.")
    var id: String
    @Option(
        defaultAsFlag: WaitArgument.forever,
        help:
            "Wait until the call has ended: --wait without a limit, --wait 30 for at most 30 seconds. (default: do not wait)"
    )
    var wait: WaitArgument?
    @Flag(help: "Delete the state and result after showing them.")
    var forget = false
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let id = try await app.fullID(id)
        let record = try await app.record(of: id, waiting: wait)
        if output.json { terminal.show(.record(record)) } else { show(record, app, terminal) }
        if forget { try await app.result(of: id, as: JSONValue.self).forget() }
        // What is shown above says why.
        if let problem = CommandFailure(record, saysWhy: false) { throw problem }
    }

    private func show(_ record: TaskRecord, _ app: TaskApp, _ terminal: Terminal) {
        terminal.show([
            ("id", "\(record.id)"), ("state", "\(record.state)"), ("task", record.task?.rawValue),
            ("queue", record.queue?.rawValue), ("worker", record.worker),
            ("attempt", record.startedAt == nil && record.attempt == 1 ? nil : "\(record.attempt)"),
            ("since", record.at.map { "\(app.time.age(of: $0)) ago" }),
            ("result", record.result.map { JSONValue.stored($0).text }),
            ("progress", record.state.isTerminal ? nil : record.meta.map { JSONValue.stored($0).text }),
            ("failure", record.failure?.description), ("history", record.failure.flatMap(history)),
        ]) { $0 == "state" ? Style(of: record.state) : nil }
    }

    private func history(_ failure: TaskFailure) -> String? {
        let lines = failure.history.map { "attempt \($0.attempt): \($0.type): \($0.message)" }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
}

extension CommandFailure {
    /// Creates the failure of a call that ended without success; `nil` if the call succeeded or has not ended.
    ///
    /// - Parameter saysWhy: whether the message contains the call's failure.
    init?(_ record: TaskRecord, saysWhy: Bool) {
        guard record.state.isTerminal, record.state != .success else { return nil }
        let why = saysWhy ? record.failure.map { ": \($0)" } ?? "" : ""
        self.init(.failed, "task \(record.id) ended as \(record.state)\(why)")
    }
}
