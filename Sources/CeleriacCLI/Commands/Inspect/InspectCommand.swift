import ArgumentParser
import Celeriac

/// `inspect`: shows what workers are and do, as they answer now or as they last recorded.
struct InspectCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show the live workers and what they do.",
        discussion: """
            workers        who they are and which queues they serve (the default)
            ping           which workers answer
            active         running calls
            reserved       calls that workers hold but have not started
            scheduled      calls that wait for their start time
            revoked        ids of calls that workers will not start
            registered     tasks of each worker; names after it add attributes: rate_limit
            stats          what each worker has done since it started
            active_queues  queues that each worker consumes
            query_task     where the calls with the given ids are
            conf           settings of each worker
            report         versions and platform of each worker, for bug reports
            clock          logical clock of each worker
            memsample, memdump [n], objgraph [type [n [depth]]]
                           for Python workers only

            If the broker has remote control (memory, Redis, RabbitMQ), the workers themselves are asked, \
            including Python workers. A worker that has stopped or ignores remote control does not answer.

            If it has none (SQLite), or with --stored, the broker is asked. It knows what Swift workers last \
            recorded about themselves, every few seconds, and which calls are leased or wait for their start \
            time. It does not know the topics from revoked on, except registered and stats.

            Exits with 3 if the workers are asked and none answers, or if ping finds no worker.
            """
    )

    @Argument(help: "What to show.")
    var topic = InspectTopic.workers
    @Argument(help: "With registered: names of attributes. With query_task: ids of calls. (default: none)")
    var arguments: [String] = []
    @Flag(help: "With active and --json: show arguments as text in Python's notation.")
    var safe = false
    @Flag(help: "With conf: include settings that have their default value.")
    var defaults = false
    @OptionGroup(title: "Workers to ask") var audience: AudienceOptions
    @Flag(help: "Ask the broker instead of the workers.")
    var stored = false
    @Option(help: "Ask the broker, only about workers whose names start with this text. (default: ask the workers)")
    var worker: String?
    @Option(help: "If the broker is asked for reserved or scheduled: the maximum number of calls of each queue.")
    var limit = 100
    @OptionGroup var watching: WatchOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be from 1 to 10000") }
        if !arguments.isEmpty && !topic.takesArguments {
            throw ValidationError("\(topic.rawValue) takes no arguments")
        }
        if topic == .queryTask && arguments.isEmpty { throw ValidationError("query_task needs the ids of calls") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        try await watching.run(app, terminal, keepsHistory: output.json) { try await show(app, $0) }
    }

    private func show(_ app: TaskApp, _ terminal: Terminal) async throws {
        let asksWorkers = !stored && worker == nil
        if asksWorkers && app.backend.control != nil {
            try await AskedInspection(command: self, app: app, terminal: terminal).show()
        } else if topic.isStored {
            try await StoredInspection(command: self, app: app, terminal: terminal).show()
        } else if asksWorkers {
            _ = try app.backend.require(.control)
        } else {
            throw CeleriacError(
                .unsupported, "only the workers know \(topic.rawValue): leave out --stored and --worker")
        }
    }
}
