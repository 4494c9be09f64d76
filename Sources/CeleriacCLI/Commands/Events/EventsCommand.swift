import ArgumentParser
import Celeriac
import CeleriacCore
import UnixSignals

/// `events`: shows the events of workers as they arrive.
struct EventsCommand: AppCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Show the events of workers as they happen.",
        discussion: """
            Prints one line for each event, until Ctrl-C, --limit or --duration. With --json, prints one JSON \
            object a line: kind, node, pid, clock, at, task_id, and fields, which are Celery's own.

            Workers send events about their calls if they were started with --task-events (-E) or received the \
            command enable-events; --enable sends that command first. Events are not stored: only current \
            listeners receive them. For brokers that carry events (memory, Redis, RabbitMQ).
            """
    )

    @Flag(help: "Show all fields of each event, one field a line.")
    var dump = false
    @Flag(help: "First tell the workers to send events about their calls.")
    var enable = false
    @Option(help: "Only these kinds, such as task-failed,worker-online or 'task-*'. (default: all)")
    var only: [String] = []
    @Option(help: "Stop after this number of events. (default: never)")
    var limit: Int?
    @Option(help: "Stop after this time, \(DurationArgument.help). (default: never)")
    var duration: DurationArgument?
    @Flag(help: "Print one JSON object a line instead of text for people.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        if dump && json { throw ValidationError("--dump and --json cannot be combined") }
    }

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        // Before it says that it listens, so that no Ctrl-C comes too early.
        let signals = duration == nil ? await Terminal.interrupts() : nil
        let events = try app.events { await listening(app, terminal) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await show(events, terminal) }
            group.addTask { try await untilTold(app, terminal, signals) }
            defer { group.cancelAll() }
            try await group.next()
        }
        if events.dropped > 0 {
            terminal.note("Note: \(events.dropped) events were dropped because they arrived too fast.")
        }
    }

    /// Runs each time the subscription begins to receive events. Events before that may have been missed.
    private func listening(_ app: TaskApp, _ terminal: Terminal) async {
        terminal.note("Listening for events.")
        guard enable else { return }
        do { try await app.control().enableEvents() } catch {
            terminal.note("Note: the command enable-events failed: \(error)".onOneLine)
        }
    }

    private func show(_ events: MonitorEvents, _ terminal: Terminal) async throws {
        var lines = EventLines(isDump: dump, isJSON: json)
        var left = limit ?? .max
        for try await event in events where isWanted(event.kind) {
            terminal.print(lines.text(of: event))
            left -= 1
            if left == 0 { return }
        }
    }

    private func untilTold(_ app: TaskApp, _ terminal: Terminal, _ signals: UnixSignalsSequence?) async throws {
        if let duration { try await app.time.sleep(for: duration.duration) }
        if let signals { await terminal.wait(for: signals) }
    }

    private func isWanted(_ kind: MonitorEvent.Kind) -> Bool {
        let patterns = only.flatMap { $0.split(separator: ",") }
        return patterns.isEmpty
            || patterns.contains { pattern in
                pattern.hasSuffix("*") ? kind.rawValue.hasPrefix(pattern.dropLast()) : kind.rawValue == pattern
            }
    }
}
