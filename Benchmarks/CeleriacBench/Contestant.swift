import Celeriac
import CeleriacRQ
import CeleriacRedis
import CeleriacSQLite
import Foundation
import Logging

/// One broker under measurement.
struct Contestant: Sendable {
    let name: String
    let scale: Scale
    /// How many tasks a draining worker runs at once: what a claim may take, and so what a round trip is shared by.
    var slots = 256
    /// Opens a fresh, empty store. The URL is that by which another process opens the same, if one can.
    let open: @Sendable () async throws -> (app: TaskApp, url: String?)

    static func memory(_ scale: Scale) -> Contestant {
        Contestant(name: "memory", scale: scale) { (try app(Backend(MemoryStore(time: SystemTime()))), nil) }
    }

    static func sqlite(_ scale: Scale) -> Contestant {
        Contestant(name: "sqlite", scale: scale) {
            let path = Scratch.folder.appending(path: "\(TaskID.random()).sqlite").path
            return (try app("sqlite:///\(path)"), "sqlite:///\(path)")
        }
    }

    static func redis(_ scale: Scale, _ server: RedisProcess) -> Contestant {
        Contestant(name: "redis", scale: scale, slots: slots(ofWorkerOn: server.url)) {
            try server.empty()
            return (try app(server.url), server.url)
        }
    }

    /// RQ's layout on the same server. A job is a hash there, which takes the server 3 KB and more.
    static func rq(_ scale: Scale, _ server: RedisProcess) -> Contestant {
        var scale = scale
        scale.mostWaiting = 100_000
        return Contestant(name: "rq", scale: scale, slots: slots(ofWorkerOn: server.rqURL)) {
            try server.empty()
            return (try app(server.rqURL), server.rqURL)
        }
    }

    /// A server behind a network takes larger batches than a call in the process.
    static func slots(ofWorkerOn url: String) -> Int { url.hasPrefix("sqlite") ? 256 : 512 }

    static func app(_ url: String) throws -> TaskApp {
        try TaskApp(url, schemes: [.sqlite, .redis, .rq], logger: quiet)
    }

    static func app(_ backend: Backend) throws -> TaskApp { try TaskApp(backend, logger: quiet) }

    static let quiet = {
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        return logger
    }()

    func run(into table: inout Table) async throws {
        // First, while nothing is left in the heap that could be used again.
        if scale.measures(.footprints) { try await footprints(&table) }
        if scale.measures(.enqueues) { try await enqueues(&table) }
        if scale.measures(.drains) {
            try await drains(&table)
            try await both(&table)
        }
        if scale.measures(.latencies) {
            try await roundTrips(&table)
            try await starts(&table)
        }
        // RQ's layout has neither a schedule of ours nor a canvas.
        if name != "rq", scale.measures(.beats) { try await Beats(contestant: self).run(into: &table) }
        if name != "rq", scale.measures(.canvas) { try await Canvases(contestant: self).run(into: &table) }
        if name != "memory", scale.measures(.processes) { try await OtherProcess(contestant: self).run(into: &table) }
    }

    // MARK: Enqueue

    private func enqueues(_ table: inout Table) async throws {
        var app = try await open().app
        let single = try await rate(scale.single) { [app] in
            for n in 0..<scale.single { try await app.send($nothing(n)) }
        }
        table.set("enqueue, one at a time", "/s", name, single)
        app = try await open().app
        let concurrent = try await rate(scale.concurrent) { [app] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<64 {
                    group.addTask { [count = scale.concurrent] in
                        for n in stride(from: lane, to: count, by: 64) { try await app.send($nothing(n)) }
                    }
                }
                try await group.waitForAll()
            }
        }
        table.set("enqueue, 64 at once", "/s", name, concurrent)
        app = try await open().app
        let bulk = try await rate(scale.bulk) { [app] in try await fill(app, scale.bulk) }
        table.set("enqueue, 1,000 a call", "/s", name, bulk)
    }

    func fill(_ app: TaskApp, _ count: Int, _ options: CallOptions = CallOptions()) async throws {
        for start in stride(from: 0, to: count, by: 1000) {
            try await app.send((start..<min(count, start + 1000)).map { $nothing($0).with(options) })
        }
    }

    // MARK: Drain

    private func drains(_ table: inout Table) async throws {
        table.set("drain with results", "/s", name, try await drain(scale.bulk, CallOptions()))
        table.set("drain, results ignored", "/s", name, try await drain(scale.bulk, CallOptions(ignoreResult: true)))
        let small = try await drain(scale.smallBacklog, CallOptions(), of: scale.smallBacklog)
        let large = try await drain(scale.smallBacklog, CallOptions(), of: scale.largeBacklog)
        table.set("drain of 10,000 with 10,000 waiting", "/s", name, small)
        table.set("drain of 10,000 with \(Table.text(Double(scale.largeBacklog))) waiting", "/s", name, large)
    }

    /// The rate at which one worker runs the first `count` of a backlog.
    private func drain(_ count: Int, _ options: CallOptions, of backlog: Int? = nil) async throws -> Double {
        let app = try await open().app
        try await fill(app, backlog ?? count, options)
        return try await rate(count) {
            try await Worker(app, options: WorkerOptions(concurrency: slots, burst: true, maxTasks: count)).run()
        }
    }

    /// Enqueue by 1,000 and drain at the same time.
    private func both(_ table: inout Table) async throws {
        let app = try await open().app
        let rate = try await rate(scale.bulk) {
            async let work: Void = Worker(app, options: WorkerOptions(concurrency: slots, maxTasks: scale.bulk)).run()
            try await fill(app, scale.bulk)
            try await work
        }
        table.set("enqueued and drained at once", "/s", name, rate)
    }

    // MARK: Latency

    private func roundTrips(_ table: inout Table) async throws {
        let app = try await open().app
        try await beside(app) {
            var times: [Double] = []
            let rate = try await rate(scale.roundTrips) {
                for n in 0..<scale.roundTrips {
                    let clock = SystemClockSeconds()
                    _ = try await app.send($nothing(n)).get()
                    times.append(clock.passed * 1000)
                }
            }
            table.set("delay().get(), one after another", "/s", name, rate)
            table.set("delay().get() p50", "ms", name, times.quantile(0.5))
            table.set("delay().get() p99", "ms", name, times.quantile(0.99))
        }
    }

    private func starts(_ table: inout Table) async throws {
        let app = try await open().app
        let times = try await beside(app) { try await startLatencies(app) }
        table.set("enqueue to start, same process, p50", "ms", name, times.quantile(0.5))
        table.set("enqueue to start, same process, p99", "ms", name, times.quantile(0.99))
    }

    /// How long after the call of `delay` an idle worker has started the task, in ms.
    func startLatencies(_ app: TaskApp) async throws -> [Double] {
        var times: [Double] = []
        for n in 0..<scale.starts {
            try await SystemTime().sleep(for: .milliseconds(5 + n % 11))
            let called = SystemTime().uptime.seconds
            times.append((try await app.send($started()).get() - called) * 1000)
        }
        return times
    }

    /// Runs `body` while a worker works.
    private func beside<Value>(_ app: TaskApp, _ body: () async throws -> Value) async throws -> Value {
        let work = Task { try await Worker(app).run() }
        defer { work.cancel() }
        // The first call finds a worker that has just started; the figures are those of one that waits.
        _ = try await app.send($nothing(0)).get()
        return try await body()
    }

    // MARK: Memory

    private func footprints(_ table: inout Table) async throws {
        for (kind, options) in [("waiting", CallOptions()), ("delayed", CallOptions(countdown: .hours(24)))] {
            let app = try await open().app
            try await fill(app, 1000, options)
            let before = Machine.residentBytes
            try await fill(app, 100_000, options)
            let grown = Double(max(0, Machine.residentBytes - before)) / Double(1 << 20)
            table.set("memory of 100,000 \(kind)", "MiB", name, grown)
            try await app.purge(.default)
        }
    }
}

/// Where the files of a run lie; removed at its end.
enum Scratch {
    static let folder: URL = {
        let base = ProcessInfo.processInfo.environment["CELERIAC_BENCH_DIR"].map { URL(filePath: $0) }
        let folder = (base ?? FileManager.default.temporaryDirectory).appending(path: "celeriac-bench-\(getpid())")
        try? FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
        )
        atexit { try? FileManager.default.removeItem(at: Scratch.folder) }
        return folder
    }()
}
