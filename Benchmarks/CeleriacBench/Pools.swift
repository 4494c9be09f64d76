import Celeriac
import Foundation
import Synchronization

/// Measures the cost of running tasks in child processes, and how soon a crashed child is noticed and replaced. It uses
/// the memory broker, so that the figures contain little else.
struct Pools {
    let scale: Scale

    func measure() async throws {
        var table = Table(columns: ["in process", "two children"])
        let pools = [
            ("in process", TaskPool.inProcess(concurrency: 256)),
            ("two children", TaskPool.processes(count: 2, concurrencyPerChild: 128)),
        ]
        for (name, pool) in pools {
            try await drains(pool, name, &table)
            try await roundTrips(pool, name, &table)
        }
        try await deaths(&table)
        table.print()
    }

    /// The work of a child process of this program.
    static func serve() async throws { try await Worker(Contestant.app(Backend(MemoryStore()))).run() }

    private func drains(_ pool: TaskPool, _ name: String, _ table: inout Table) async throws {
        let app = try Contestant.app(Backend(MemoryStore(time: SystemTime())))
        try await Contestant.memory(scale).fill(app, scale.bulk)
        table.set("drain with results", "/s", name, try await Self.drain(scale.bulk, of: app, by: pool))
    }

    /// Returns the rate at which a worker runs `count` waiting calls. The children start before the first claim, and
    /// their start is not measured.
    static func drain(_ count: Int, of app: TaskApp, by pool: TaskPool) async throws -> Double {
        let start = Mutex(0.0)
        let hook: @Sendable (WorkerEvent) async -> Void = { event in
            if case .started = event { start.withLock { $0 = SystemTime().uptime.seconds } }
        }
        let options = WorkerOptions(pool: pool, burst: true, maxTasks: count, hooks: [hook])
        try await Worker(app, options: options).run()
        return Double(count) / (SystemTime().uptime.seconds - start.withLock { $0 })
    }

    private func roundTrips(_ pool: TaskPool, _ name: String, _ table: inout Table) async throws {
        try await beside(WorkerOptions(pool: pool)) { app in
            _ = try await app.send($nothing(0)).get()
            var times: [Double] = []
            for n in 0..<scale.roundTrips {
                let clock = SystemClockSeconds()
                _ = try await app.send($nothing(n)).get()
                times.append(clock.passed * 1000)
            }
            table.set("delay().get() p50", "ms", name, times.quantile(0.5))
            table.set("delay().get() p99", "ms", name, times.quantile(0.99))
            guard name == "two children" else { return }
            let children = Machine.children(of: getpid())
            let sizes = children.map { Double(Machine.residentBytes(of: $0)) / Double(1 << 20) }
            table.set("memory of an idle child", "MiB", name, sizes.quantile(0.5))
            let own = children.map { Double(Machine.ownBytes(of: $0)) / Double(1 << 20) }
            table.set("of that its own, not shared with the program's file", "MiB", name, own.quantile(0.5))
        }
    }

    private func deaths(_ table: inout Table) async throws {
        for takesBacktraces in [false, true] {
            let word = takesBacktraces ? "with a backtrace" : "without a backtrace"
            let losses = Mutex<[Double]>([])
            var options = WorkerOptions(pool: .processes(count: 1, concurrencyPerChild: 1))
            options.children.crashLimit = 1
            options.children.takesBacktraces = takesBacktraces
            options.hooks = [{ if case .childLost = $0 { losses.withLock { $0.append(SystemTime().uptime.seconds) } } }]
            var known: [Double] = [], again: [Double] = []
            try await beside(options) { app in
                let path = Scratch.folder.appending(path: "crash").path
                for round in 0..<scale.crashes {
                    _ = try? await app.send($crash(path)).get()
                    // This call waits for the child that replaces the crashed one.
                    _ = try await app.send($nothing(round)).get()
                    let ready = SystemTime().uptime.seconds
                    let moment = Double(try String(contentsOfFile: path, encoding: .utf8)) ?? 0
                    known.append(((losses.withLock { $0.last } ?? 0) - moment) * 1000)
                    again.append((ready - moment) * 1000)
                }
            }
            table.set("crash known, \(word), p50", "ms", "two children", known.quantile(0.5))
            table.set("crash known, \(word), p99", "ms", "two children", known.quantile(0.99))
            table.set(
                "crash to a task's end in the next child, \(word), p50", "ms", "two children", again.quantile(0.5))
        }
    }

    private func beside(_ options: WorkerOptions, _ body: (TaskApp) async throws -> Void) async throws {
        let app = try Contestant.app(Backend(MemoryStore(time: SystemTime())))
        let work = Task { try await Worker(app, options: options).run() }
        _ = try await app.send($nothing(0)).get()
        try await body(app)
        work.cancel()
        try? await work.value
    }
}

/// Writes the time to a file, and traps.
@Task(name: "bench.crash")
func crash(_ path: String) throws -> Int {
    try Data("\(SystemTime().uptime.seconds)".utf8).write(to: URL(filePath: path))
    return [1, 2, 3][path.count]
}

extension Machine {
    static func children(of pid: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { entry in
            let text = (try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8)) ?? ""
            let words = text.split(separator: ")").last?.split(separator: " ") ?? []
            return words.count > 1 && Int32(words[1]) == pid
        }
    }

    static func residentBytes(of pid: Int32) -> Int { kibibytes("VmRSS:", of: pid) << 10 }

    static func ownBytes(of pid: Int32) -> Int { kibibytes("RssAnon:", of: pid) << 10 }

    private static func kibibytes(_ field: String, of pid: Int32) -> Int {
        let lines = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8))?.split(separator: "\n") ?? []
        let words = lines.first { $0.hasPrefix(field) }?.split(separator: " ") ?? []
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}
