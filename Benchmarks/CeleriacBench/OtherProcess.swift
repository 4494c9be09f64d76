import Celeriac
import Foundation

/// Measures a worker in another process, with its default options: its latency and its cost.
struct OtherProcess {
    let contestant: Contestant

    /// The work of the started process.
    static func work(on urls: [String]) async throws {
        try await Worker(Contestant.app(urls)).run()
    }

    func run(into table: inout Table) async throws {
        try await latencies(&table)
        try await costs(&table)
    }

    private func latencies(_ table: inout Table) async throws {
        let (app, urls) = try await contestant.open()
        let worker = try OtherWorker(urls)
        defer { worker.end() }
        _ = try await app.send($nothing(0)).get(timeout: .seconds(30))
        let times = try await contestant.startLatencies(app)
        set("enqueue to start, other process", times, &table)
        set("enqueue to start, other process, at 100/s", try await pacedLatencies(app), &table)
        let before = worker.processorSeconds
        try await SystemTime().sleep(for: .seconds(contestant.scale.idleSeconds))
        let idle = (worker.processorSeconds - before) / Double(contestant.scale.idleSeconds) * 100
        table.set("idle worker", "% of a core", contestant.name, idle)
        table.set("its memory", "MiB", contestant.name, Double(worker.peakBytes) / Double(1 << 20))
    }

    private func set(_ name: String, _ times: [Double], _ table: inout Table) {
        table.set("\(name), p50", "ms", contestant.name, times.quantile(0.5))
        table.set("\(name), p99", "ms", contestant.name, times.quantile(0.99))
    }

    /// Returns the times from calling `delay` to the start of the task, in ms, with one call every 10 ms.
    private func pacedLatencies(_ app: TaskApp) async throws -> [Double] {
        let start = SystemTime().uptime
        return try await withThrowingTaskGroup(of: Double.self) { group in
            for n in 0..<contestant.scale.paced {
                try await SystemTime().sleep(for: max(.zero, start + .milliseconds(10 * n) - SystemTime().uptime))
                group.addTask {
                    let called = SystemTime().uptime.seconds
                    return (try await app.send($started()).get(timeout: .seconds(30)) - called) * 1000
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Measures the processor time and memory of a worker that drains a large backlog.
    private func costs(_ table: inout Table) async throws {
        let (app, urls) = try await contestant.open()
        let count = contestant.scale.bulk, backlog = contestant.scale.largeBacklog
        try await contestant.fill(app, count + backlog)
        let worker = try OtherWorker(urls)
        defer { worker.end() }
        while try await app.queue(.default).count > backlog {
            try await SystemTime().sleep(for: .milliseconds(20))
        }
        let spent = worker.processorSeconds / Double(count) * 1000
        table.set("worker's processor time a task", "ms", contestant.name, spent)
        let name = "memory of a worker with \(Table.text(Double(backlog))) waiting"
        table.set(name, "MiB", contestant.name, Double(worker.peakBytes) / Double(1 << 20))
    }
}

/// This program, started again as a worker.
struct OtherWorker {
    private let process = Process()

    init(_ urls: [String]) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--worker"] + urls
        try process.run()
    }

    var processorSeconds: Double { Machine.processorSeconds(of: process.processIdentifier) }
    var peakBytes: Int { Machine.peakBytes(of: process.processIdentifier) }

    func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
