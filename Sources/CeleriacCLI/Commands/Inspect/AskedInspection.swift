import Celeriac
import CeleriacCore

/// `inspect`, answered by the workers themselves.
struct AskedInspection {
    let command: InspectCommand
    let app: TaskApp
    let terminal: Terminal

    func show() async throws {
        let workers = try command.audience.inspection(app)
        let tables = AskedTables(time: app.time)
        switch command.topic {
        case .workers: try await showWorkers(workers)
        case .ping: try show(await workers.ping()) { print($0, tables) { "\($0): \($1)".onOneLine } }
        case .active: try show(await workers.active(safe: command.safe)) { table(tables.calls($0), "no task runs") }
        case .reserved: try show(await workers.reserved()) { table(tables.calls($0), "none") }
        case .scheduled: try show(await workers.scheduled()) { table(tables.scheduled($0), "none") }
        case .revoked: try show(await workers.revoked()) { table(tables.revoked($0), "none") }
        case .registered:
            try show(await workers.registered(taskInfo: command.arguments)) { table(tables.registered($0), "no tasks") }
        case .stats: try show(await workers.stats()) { table(tables.stats($0), "none") }
        case .activeQueues: try show(await workers.activeQueues()) { table(tables.queues($0), "no queues") }
        case .queryTask:
            let ids = try await app.fullIDs(command.arguments)
            try show(await workers.queryTask(ids)) { table(tables.queried($0), "no worker holds them") }
        case .conf:
            let settings = try await workers.configuration(withDefaults: command.defaults)
            try show(settings) { table(tables.settings($0), "none") }
        case .report: try show(await workers.report()) { print($0, tables) { "\($0.onOneLine):\n\($1.visible)" } }
        case .clock: try show(await workers.clock()) { print($0, tables) { "\($0): \($1)".onOneLine } }
        case .memorySample, .memoryDump, .objectGraph:
            try show(await workers.command(command.topic.rawValue, memoryArguments)) {
                print($0, tables) { "\($0): \($1.text)".onOneLine }
            }
        }
    }

    // MARK: Showing

    /// - Throws: ``CommandFailure`` if a worker refused, if none answered, or if one that `--destination` names did
    ///   not.
    private func show<Value>(
        _ replies: [NodeReply<Value>], _ text: ([NodeReply<Value>]) -> Void
    ) throws {
        if command.output.json { terminal.show(.array(replies, JSONValue.reply)) } else { text(replies) }
        try terminal.showErrors(replies.compactMap(\.error))
        try command.audience.requireAnswers(from: replies.map(\.node))
    }

    private func table(_ table: Table, _ nothing: String) {
        terminal.show(table, else: nothing)
    }

    private func print<Value>(
        _ replies: [NodeReply<Value>], _ tables: AskedTables, _ line: (String, Value) -> String
    ) {
        for (node, value) in tables.values(replies) { terminal.print(line(node, value)) }
    }

    // MARK: Workers

    private func showWorkers(_ workers: Inspection) async throws {
        async let stats = workers.stats()
        async let queues = workers.activeQueues()
        async let active = workers.active(safe: true)
        let crew = try await AskedWorker.joined(stats, queues, active)
        if command.output.json {
            terminal.show(.array(crew, \.document))
        } else {
            terminal.show(AskedWorker.table(crew), else: "no workers")
        }
        try command.audience.requireAnswers(from: crew.map(\.node))
    }

    /// The arguments of Python's memory commands, by position as in Celery's own command line.
    private var memoryArguments: JSONObject {
        let names: [JSONKey] = command.topic == .memoryDump ? ["samples"] : ["type", "num", "max_depth"]
        let values = command.arguments.map { Int64($0).map(JSONValue.integer) ?? .string($0) }
        return Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
    }
}
