#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import CeleriacCore
import CeleriacWorker
import ArgumentParser
import Celeriac
import Logging
import UnixSignals

/// `worker`: runs tasks until it is stopped; with `--burst` until the queues are empty.
struct WorkerCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run tasks.",
        discussion: """
            On SIGTERM or SIGINT, the worker claims no further calls, and running tasks may finish within \
            --shutdown-limit. A second signal, or SIGQUIT, cancels them, and they have --cancellation-grace to \
            end. A third signal, or a second SIGQUIT, leaves them. Unfinished calls are given back to the \
            broker. Exits with 1 if it left tasks that had not ended. Failed tasks do not change the exit code.

            Most options can also be set by an environment variable, such as CELERIAC_WORKER_MAX_TASKS for \
            --max-tasks, or in the file of --config: {"celeriac": {"worker": {"maxTasks": 100}}}. An option comes \
            before the environment, and that before the file.
            """
    )

    @Option(
        name: [.short, .customShort("Q"), .long],
        help: ArgumentHelp(
            "The queues to serve: \(QueuesArgument.help). May be given several times. (default: set by the program)",
            valueName: "queues"),
        transform: { try QueuesArgument($0) }
    )
    var queues: [QueuesArgument] = []
    @Option(help: "The order in which queues without weights are served. (default: strict)")
    var strategy: StrategyArgument?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The maximum number of tasks that run at once. (default: \(Self.presets.concurrency))", valueName: "count"))
    var concurrency: Int?
    @OptionGroup(title: "Pool options")
    var pool: PoolOptions
    @Flag(help: "Stop as soon as no call in the queues is ready.")
    var burst = false
    @Option(help: "Stop after this time without any call, \(DurationArgument.help). (default: never)")
    var maxIdle: DurationArgument?
    @Option(
        name: .shortAndLong,
        help: "The name that inspect shows, followed by process and host. (default: \(Self.presets.name))")
    var name: String?
    @Option(help: "The full name, name@host; no other worker may have it. (default: made from --name)")
    var node: String?
    @Flag(name: [.customShort("E"), .long], help: "Send an event for each step of each task.")
    var taskEvents = false
    @Flag(name: [.customShort("B"), .long], help: "Publish periodic calls too; any number of workers may do so.")
    var beat = false
    @Option(
        help: ArgumentHelp(
            """
            Grow and shrink the pool by the number of waiting calls, as Celery does: child processes, or tasks \
            at once with --pool in-process. A single number is the maximum; the minimum is at least 1. Replaces \
            --concurrency. (default: \(Self.presets.autoscale.map { "\($0.upperBound),\($0.lowerBound)" } ?? "off"))
            """, valueName: "max,min"))
    var autoscale: AutoscaleArgument?
    @Option(
        help: ArgumentHelp(
            """
            The remote control commands that the worker obeys: full is all of Celery's; read-only answers \
            questions, sends events and revokes; off. (default: \
            \(ControlArgument(Self.presets.control).rawValue))
            """, valueName: "reach"))
    var control: ControlArgument?
    @Option(
        help: """
            How long after a worker's death its calls can be claimed again, \(DurationArgument.help). \
            (default: \(Self.presets.lease.brief))
            """)
    var lease: DurationArgument?
    @Option(
        help: """
            How long running tasks may continue after a worker begins to stop, \(DurationArgument.help). \
            (default: \(Self.presets.shutdownLimit.brief))
            """)
    var shutdownLimit: DurationArgument?
    @Option(
        help: """
            How long cancelled tasks may take to end, \(DurationArgument.help). \
            (default: \(Self.presets.cancellationGrace.brief))
            """)
    var cancellationGrace: DurationArgument?
    @Option(help: "Stop after this number of attempts. (default: \(Self.presets.maxTasks.map { "\($0)" } ?? "never"))")
    var maxTasks: Int?
    @Option(name: [.short, .customLong("log-level")], help: "The lowest level that is logged, on standard error.")
    var log = LogLevelArgument.info
    @Flag(help: "Print the final statistics as one JSON document.")
    var json = false

    var logLevel: Logger.Level { log.level }
    var isService: Bool { true }

    /// The options that the program sets for its workers; shown in the help.
    private static var presets: WorkerOptions { CommandSession.current?.worker ?? WorkerOptions() }

    func validate() throws {
        if name != nil && node != nil { throw ValidationError("--name and --node cannot be combined") }
        if let node, node.split(separator: "@", omittingEmptySubsequences: false).count != 2 {
            throw ValidationError("--node must be a full name, such as mail@box")
        }
        if try queues.combined()?.isWeighted == true, strategy != nil {
            throw ValidationError("--strategy cannot be combined with weighted queues")
        }
        try CountArgument.check(concurrency, "--concurrency")
        try CountArgument.check(maxTasks, "--max-tasks", in: 1...Bounds.count.upperBound)
        if let lease, lease.duration < .seconds(1) { throw ValidationError("--lease must be at least 1s") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        // Files that tasks create are readable by their owner only.
        umask(0o077)
        let session = try CommandSession.required()
        let options = try options(app, session)
        if Worker.isChild { try await Worker(app, options: options).run() }
        warn(terminal, options)
        // Runs on a lane of its own, so that it can finish while tasks hold every thread of the pool.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: LaneExecutor(label: "celeriac.command")) {
                try await work(app, options, session)
            }
            try await group.waitForAll()
        }
    }

    private func work(_ app: TaskApp, _ options: WorkerOptions, _ session: CommandSession) async throws {
        let worker = Worker(app, options: options)
        let start = app.time.uptime
        let report = WorkerReport(
            worker: worker, app: app, queues: options.queues?.queues ?? [app.options.defaultQueue])
        // Signals are trapped before the worker starts: a caller that sees it at work may stop it right away.
        let heard = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigquit)
        let signals = StopSignals(worker: worker, options: options, signals: heard, terminal: session.terminal) {
            session.leave(CommandExit.failed.rawValue)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await signals.run() }
            if options.burst {
                group.addTask { await report.showProgress(session.terminal, isQuiet: log.level > .info) }
            }
            try await worker.run()
            group.cancelAll()
        }
        report.close(after: app.time.uptime - start, json: json, session.terminal)
        // Unfinished tasks may hold every thread of the pool, so that the process could not end by itself.
        if worker.unfinished > 0 { session.leave(CommandExit.failed.rawValue) }
    }

    private func options(_ app: TaskApp, _ session: CommandSession) throws -> WorkerOptions {
        var options = try WorkerOptions(configuration: session.configuration, fallback: session.worker)
        options.queues = try queues.combined().map { try declared($0.selection, app) } ?? options.queues
        options.queues =
            strategy.map { $0.selection(of: options.queues?.queues ?? [app.options.defaultQueue]) } ?? options.queues
        options.maxIdle = maxIdle?.duration ?? options.maxIdle
        pool.apply(
            to: &options, concurrency: concurrency, autoscale: autoscale?.range,
            canShare: !app.broker.isProcessLocal)
        options.name = node ?? name ?? options.name
        options.sendsTaskEvents = taskEvents || options.sendsTaskEvents
        if beat, options.beat == nil { options.beat = BeatOptions() }
        options.control = control?.reach ?? options.control
        options.lease = lease?.duration ?? options.lease
        options.shutdownLimit = shutdownLimit?.duration ?? options.shutdownLimit
        options.cancellationGrace = cancellationGrace?.duration ?? options.cancellationGrace
        options.maxTasks = maxTasks ?? options.maxTasks
        options.burst = burst || options.burst
        options.successLogLevel = max(options.successLogLevel, .info)
        return options
    }

    /// Checks that the app's declared queues contain the selected ones. Where queues are not declared, every queue is
    /// accepted: a worker may serve a queue before its first call creates it.
    private func declared(_ selection: QueueSelection, _ app: TaskApp) throws -> QueueSelection {
        guard let declared = app.options.queues else { return selection }
        for queue in selection.queues where !declared.contains(queue) {
            let names = declared.map(\.rawValue).sorted().joined(separator: ", ")
            throw CommandFailure(.notFound, "there is no queue \"\(queue)\"; known queues: \(names)")
        }
        return selection
    }

    private func warn(_ terminal: Terminal, _ options: WorkerOptions) {
        if concurrency != nil, options.autoscale != nil {
            terminal.note("Note: --autoscale chooses how many tasks run at once; --concurrency is ignored.")
        }
        if geteuid() == 0 {
            terminal.note("Warning: this worker and all its tasks run as root; run it as a user of its own.")
        }
    }
}
