import Celeriac
import Foundation

/// Measures how the speed of a drain changes with what grows: the backlog, the workers, the queues, the messages, the
/// chords. Results are kept, and workers have their default options. ``Beats`` has the entries of the schedule.
struct Growth {
    let contestant: Contestant

    private var scale: Scale { contestant.scale }

    func run(into table: inout Table) async throws {
        try await backlogs(&table)
        try await workers(&table)
        try await queues(&table)
        try await sizes(&table)
        try await chords(&table)
    }

    private func set(_ name: String, _ value: Double, _ table: inout Table) {
        table.set(name, "/s", contestant.name, value)
    }

    private func drain(_ count: Int, of app: TaskApp, _ queues: QueueSelection? = nil) async throws -> Double {
        let options = WorkerOptions(queues: queues, burst: true, maxTasks: count)
        return try await rate(count) { try await Worker(app, options: options).run() }
    }

    private func backlogs(_ table: inout Table) async throws {
        for waiting in scale.isQuick ? [10_000, 50_000] : [10_000, 200_000, 1_000_000] {
            let app = try await contestant.open().app
            try await contestant.fill(app, waiting)
            set("10,000 of \(Table.text(Double(waiting))) waiting", try await drain(10_000, of: app), &table)
        }
    }

    /// Each worker is a process. The time runs from the first call that has left the queue to the last.
    private func workers(_ table: inout Table) async throws {
        for count in [1, 2, 4, 8] {
            let (app, urls) = try await contestant.open()
            guard !urls.isEmpty else { return }
            try await contestant.fill(app, scale.bulk)
            let workers = try (0..<count).map { _ in try OtherWorker(urls) }
            defer { for worker in workers { worker.end() } }
            let queue = app.queue(.default)
            let first = try await until(queue) { $0 < scale.bulk }
            let clock = SystemClockSeconds()
            _ = try await until(queue) { $0 == 0 }
            set("\(count) workers", Double(first) / clock.passed, &table)
        }
    }

    private func until(_ queue: Queue, _ holds: (Int) -> Bool) async throws -> Int {
        while true {
            let count = try await queue.count
            if holds(count) { return count }
            try await SystemTime().sleep(for: .milliseconds(5))
        }
    }

    private func queues(_ table: inout Table) async throws {
        for count in [1, 10, 100, 1_000] {
            let app = try await contestant.open().app
            let names = try (0..<count).map { try QueueName("growth-\($0)") }
            for name in names {
                try await contestant.fill(app, scale.smallBacklog / count, CallOptions(queue: name))
            }
            let rate = try await drain(scale.smallBacklog, of: app, .strict(names))
            set("10,000 in \(Table.text(Double(count))) queues", rate, &table)
        }
    }

    private func sizes(_ table: inout Table) async throws {
        for kilobytes in [1, 16, 64, 256] {
            let app = try await contestant.open().app
            let count = min(scale.smallBacklog, 100_000 / kilobytes)
            let text = String(repeating: "x", count: kilobytes << 10)
            let batch = max(1, 1_000 / kilobytes)
            for start in stride(from: 0, to: count, by: batch) {
                try await app.send((start..<min(count, start + batch)).map { _ in $length(text) })
            }
            set("messages of \(kilobytes) kB", try await drain(count, of: app), &table)
        }
    }

    private func chords(_ table: inout Table) async throws {
        for parts in scale.isQuick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000] {
            let app = try await contestant.open().app
            let count = max(1, scale.smallBacklog / parts)
            for number in 0..<count {
                try await app.send(chord((0..<parts).map { $nothing(number + $0) }, then: $total.then()))
            }
            let tasks = count * (parts + 1)
            let rate = try await rate(count * parts) {
                try await Worker(app, options: WorkerOptions(maxTasks: tasks)).run()
            }
            set("parts of chords of \(Table.text(Double(parts)))", rate, &table)
        }
    }
}

/// Returns the length of a text, so that the message is large and the result small.
@Task(name: "bench.length")
func length(_ text: String) -> Int { text.utf8.count }
