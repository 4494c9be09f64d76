import ArgumentParser
import Celeriac
import CeleriacCore

/// `call`: sends a call of a task, which may be registered in another program, and optionally waits for its end.
struct CallCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call a task.",
        discussion: """
            Prints the id of the call; with --wait, its result. An argument that is valid JSON is read as JSON, \
            any other as text: 2 is a number; '"2"' and two are text. Put arguments that start with a dash, such \
            as negative numbers, after --.
            """
    )

    @Argument(help: "The task's name, such as tasks.add.")
    var name: String
    @Argument(help: "Positional arguments: JSON or plain text. (default: none)")
    var arguments: [ValueArgument] = []
    @Option(help: "Named arguments: a JSON object. (default: none)")
    var kwargs: KeywordsArgument?
    @Option(help: "The queue (default: set by the routes or the task).")
    var queue: String?
    @Option(
        help:
            "Send the call through this exchange to the queues bound to it (for brokers with exchanges). (default: none)"
    )
    var exchange: String?
    @Option(help: "With --exchange: the routing key. (default: empty)")
    var routingKey: String?
    @Option(help: "Start after this delay, \(DurationArgument.help). (default: at once)")
    var countdown: DurationArgument?
    @Option(help: "Start at this time, \(MomentArgument.help). (default: at once)")
    var eta: MomentArgument?
    @Option(help: "Do not start after this time, \(MomentArgument.help). (default: set by the task)")
    var expires: MomentArgument?
    @Option(help: "The priority, from 0 to 9; calls with a higher priority run first. (default: set by the task)")
    var priority: Int?
    @Option(help: "The format of the body: json, msgpack, or yaml if it is built in (default: json).")
    var serializer: String?
    @Option(help: "The id of the call (default: a random id).")
    var id: String?
    @Option(
        defaultAsFlag: WaitArgument.forever,
        help:
            "Wait until the call has ended: --wait without a limit, --wait 30 for at most 30 seconds. (default: do not wait)"
    )
    var wait: WaitArgument?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if countdown != nil && eta != nil { throw ValidationError("--countdown and --eta cannot be combined") }
        if routingKey != nil && exchange == nil { throw ValidationError("--routing-key requires --exchange") }
        if exchange != nil && queue != nil { throw ValidationError("--exchange and --queue cannot be combined") }
        if let priority, !(0...9).contains(priority) {
            throw ValidationError("--priority must be from 0 to 9, not \(priority)")
        }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        try warnIfUnknown(app, terminal)
        terminal.noteIfLost("the call", with: app)
        let result = try await app.send(
            TaskName(name), args: arguments.map(\.value), kwargs: kwargs?.values ?? [:], options: options(app)
        )
        guard wait != nil else { return show(result.id, terminal) }
        let record = try await app.record(of: result.id, waiting: wait)
        try terminal.showOutcome(record, json: output.json)
    }

    private func options(_ app: TaskApp) throws -> CallOptions {
        CallOptions(
            id: id.map { TaskID($0) }, queue: try queue.map { try QueueName($0) },
            route: exchange.map { ExchangeRoute(exchange: $0, routingKey: routingKey ?? "") },
            countdown: countdown?.duration, eta: eta?.date(from: app.time.now),
            expires: expires?.date(from: app.time.now),
            priority: priority.map { CallPriority(clamping: $0) }, serializer: try serializer.map { try known($0, app) }
        )
    }

    private func known(_ name: String, _ app: TaskApp) throws -> Serializer {
        if let serializer = app.options.serializer(named: name) { return serializer }
        throw ValidationError("--serializer: this program does not know the format \(name.visible)")
    }

    /// Warns only, since another program may have the task.
    private func warnIfUnknown(_ app: TaskApp, _ terminal: Terminal) throws {
        guard try CommandSession.required().runsTasks else { return }
        let known = try app.taskNames()
        guard !known.contains(TaskName(name)) else { return }
        let names = known.isEmpty ? "none" : known.map(\.rawValue).joined(separator: ", ")
        terminal.note(
            "Note: this program has no task \"\(name)\" (it has \(names)); another program must run this call."
                .onOneLine)
    }

    private func show(_ id: TaskID, _ terminal: Terminal) {
        if output.json {
            terminal.show(["id": .text(id), "task": .string(name)])
        } else {
            terminal.print(id.rawValue.onOneLine)
        }
    }
}

extension Terminal {
    /// Prints the result of a call that has ended, and nothing else.
    ///
    /// - Throws: ``CommandFailure`` if the call did not succeed.
    fileprivate func showOutcome(_ record: TaskRecord, json: Bool) throws {
        if json { show(.record(record)) }
        if let problem = CommandFailure(record, saysWhy: !json) { throw problem }
        if !json { show(.stored(record.result)) }
    }
}
