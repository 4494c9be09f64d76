import ArgumentParser
import Celeriac

/// `inspect`: shows what workers are and do, as they answer now or as they last recorded.
struct InspectCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show the workers that live, and what they do.",
        discussion: """
            workers        who they are and what they serve (the default)
            ping           whether there are any
            active         the calls that run
            reserved       calls that workers hold and have not started
            scheduled      calls that wait for their time
            revoked        the ids that workers will not start
            registered     the tasks that each can run; names behind it are attributes to show: rate_limit
            stats          what each has done since it started
            active_queues  the queues that each consumes
            query_task     where the calls of the ids behind it stand
            conf           the settings of each
            report         versions and platform of each, for a bug report
            clock          the logical clock of each
            memsample, memdump [n], objgraph [type [n [depth]]]
                           for Python's workers

            Where the broker has remote control (memory, Redis), the workers themselves are asked, Python's too. A \
            worker that is gone, or told to ignore remote control, does not answer.

            Where it has none (SQLite), or with --stored, it is the broker that is asked: what Swift's workers last \
            wrote of themselves, every few seconds, and which calls are leased or wait for their time. The topics from \
            revoked on are then not known, but for registered and stats.

            Exits with 3 if no worker answers a ping, or any question that was put to workers.
            """
    )

    @Argument(help: "What to show.")
    var topic = InspectTopic.workers
    @Argument(help: "With registered: attributes. With query_task: ids.")
    var arguments: [String] = []
    @Flag(help: "With active: arguments as text, as Python prints them. For --json.")
    var safe = false
    @Flag(help: "With conf: also settings that nobody set.")
    var defaults = false
    @OptionGroup(title: "Whom to ask") var audience: AudienceOptions
    @Flag(help: "Ask the broker, not the workers.")
    var stored = false
    @Option(help: "When the broker is asked: only this worker, by the start of its name.")
    var worker: String?
    @Option(help: "When the broker is asked for reserved or scheduled: most calls of each queue.")
    var limit = 100
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit is 1 to 10000") }
        if !arguments.isEmpty && !topic.takesArguments {
            throw ValidationError("\(topic.rawValue) takes nothing behind it")
        }
        if topic == .queryTask && arguments.isEmpty { throw ValidationError("query_task needs the ids of calls") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
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
