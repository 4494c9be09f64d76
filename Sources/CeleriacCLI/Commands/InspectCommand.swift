import ArgumentParser
import Celeriac

/// `inspect`: what the workers are and do, by what they last said of themselves.
struct InspectCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show the workers that live, and what they do.",
        discussion: """
            workers     who they are and what they serve (the default)
            ping        whether there are any; exits with 3 if not
            active      the tasks that run
            registered  the tasks that each can run
            stats       what each has done since it started
            reserved    calls that workers hold
            scheduled   calls that wait for their time

            Workers write what they do every few seconds; reserved and scheduled come from the broker itself.
            """
    )

    enum Topic: String, ExpressibleByArgument, CaseIterable {
        case workers, ping, active, registered, stats, reserved, scheduled
    }

    @Argument(help: "What to show.")
    var topic = Topic.workers
    @Option(help: "Only this worker, by the start of its name.")
    var worker: String?
    @Option(help: "With reserved and scheduled: most calls of each queue.")
    var limit = 100
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit is 1 to 10000") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        switch topic {
        case .reserved: try await showMessages(.leased, app, terminal)
        case .scheduled: try await showMessages(.delayed, app, terminal)
        case .workers, .ping, .active, .registered, .stats:
            let workers = try await selected(app)
            if output.json { terminal.show(.array(workers, JSONValue.worker)) } else { show(workers, app, terminal) }
            if topic == .ping && workers.isEmpty { throw CommandFailure(.notFound, "no worker answers") }
        }
    }

    private func selected(_ app: TaskApp) async throws -> [WorkerStatus] {
        let workers = try await app.workers()
        guard let worker else { return workers }
        let selected = workers.filter { $0.name.hasPrefix(worker) }
        guard selected.isEmpty else { return selected }
        let names = workers.isEmpty ? "none" : workers.map(\.name).joined(separator: ", ")
        throw CommandFailure(.notFound, "no worker's name starts with \"\(worker)\"; those that live: \(names)")
    }

    private func show(_ workers: [WorkerStatus], _ app: TaskApp, _ terminal: Terminal) {
        let table = InspectTables(workers: workers, time: app.time)
        switch topic {
        case .ping:
            workers.forEach { terminal.print("\($0.name): alive, heard \(app.time.age(of: $0.lastBeat)) ago".visible) }
        case .active: terminal.show(table.active, else: workers.isEmpty ? "no workers" : "no task runs")
        case .registered: terminal.show(table.registered, else: "no workers")
        case .stats: terminal.show(table.stats, else: "no workers")
        case .workers, .reserved, .scheduled: terminal.show(table.overview, else: "no workers")
        }
    }

    // MARK: From the broker

    private func showMessages(
        _ status: MessagePlace.Status, _ app: TaskApp, _ terminal: Terminal
    ) async throws {
        let inspector = try app.inspector()
        var messages: [QueuedMessage] = []
        for queue in try await app.knownQueues() {
            messages += try await inspector.messages(in: queue, status, offset: 0, limit: limit)
        }
        if output.json {
            terminal.show(.array(messages, JSONValue.message))
        } else {
            terminal.show(InspectTables.messages(messages, app.time), else: "none")
        }
    }
}
