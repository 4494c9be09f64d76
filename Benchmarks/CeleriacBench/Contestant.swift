import Celeriac
import CeleriacPostgres
import CeleriacRQ
import CeleriacRabbitMQ
import CeleriacRedis
import CeleriacSQLite
import Foundation
import Logging

/// A broker that is measured.
struct Contestant: Sendable {
    let name: String
    let scale: Scale
    /// The number of tasks that a draining worker runs at once. It limits a claim, and so the number of calls that
    /// share a round trip.
    var slots = 256
    /// The rows that it does not have.
    var lacks: Set<Rows> = []
    /// Opens a new, empty store. The URLs, of the broker and of the result backend if that is another one, open the same
    /// store in another process; there are none if that is impossible.
    let open: @Sendable () async throws -> (app: TaskApp, urls: [String])

    static func memory(_ scale: Scale) -> Contestant {
        Contestant(name: "memory", scale: scale, lacks: [.processes]) {
            (try app(Backend(MemoryStore(time: SystemTime()))), [])
        }
    }

    static func sqlite(_ scale: Scale) -> Contestant {
        Contestant(name: "sqlite", scale: scale) {
            let path = Scratch.folder.appending(path: "\(TaskID.random()).sqlite").path
            return (try app(["sqlite:///\(path)"]), ["sqlite:///\(path)"])
        }
    }

    static func redis(_ scale: Scale, _ server: RedisProcess) -> Contestant {
        Contestant(name: "redis", scale: scale, slots: slots(ofWorkerOn: server.url)) {
            try server.empty()
            return (try app([server.url]), [server.url])
        }
    }

    /// RQ's layout on the same server. A job is a hash there, which takes 3 KB or more of the server's memory. It has
    /// neither a Celeriac schedule nor a canvas.
    static func rq(_ scale: Scale, _ server: RedisProcess) -> Contestant {
        var scale = scale
        scale.mostWaiting = 100_000
        return Contestant(
            name: "rq", scale: scale, slots: slots(ofWorkerOn: server.rqURL), lacks: [.beats, .canvas]
        ) {
            try server.empty()
            return (try app([server.rqURL]), [server.rqURL])
        }
    }

    /// A server behind a network benefits from larger batches than a database in the process.
    static func slots(ofWorkerOn url: String) -> Int { url.hasPrefix("sqlite") ? 256 : 512 }

    /// - Parameter urls: of the broker, and of the result backend if that is another one.
    static func app(_ urls: [String]) throws -> TaskApp {
        try TaskApp(
            urls[0], resultBackend: urls.dropFirst().first, schemes: [.sqlite, .postgres, .redis, .rq, .rabbitMQ],
            logger: quiet)
    }

    static func app(_ backend: Backend) throws -> TaskApp { try TaskApp(backend, logger: quiet) }

    static let quiet = {
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        return logger
    }()

    func run(into table: inout Table) async throws {
        // Footprints come first, while the heap has no freed memory that could be used again.
        if has(.footprints) { try await footprints(&table) }
        if has(.enqueues) { try await enqueues(&table) }
        if has(.drains) {
            try await drains(&table)
            try await both(&table)
        }
        if scale.rows == .growth { try await Growth(contestant: self).run(into: &table) }
        if has(.defaults) { try await Defaults(contestant: self).run(into: &table) }
        if has(.latencies) {
            try await roundTrips(&table)
            try await starts(&table)
        }
        if has(.beats) { try await Beats(contestant: self).run(into: &table) }
        if has(.canvas) { try await Canvases(contestant: self).run(into: &table) }
        if has(.processes) { try await OtherProcess(contestant: self).run(into: &table) }
    }

    private func has(_ rows: Rows) -> Bool { scale.measures(rows) && !lacks.contains(rows) }

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

    /// Returns the rate at which one worker runs the first `count` calls of a backlog.
    private func drain(_ count: Int, _ options: CallOptions, of backlog: Int? = nil) async throws -> Double {
        let app = try await open().app
        try await fill(app, backlog ?? count, options)
        return try await rate(count) {
            try await Worker(app, options: WorkerOptions(concurrency: slots, burst: true, maxTasks: count)).run()
        }
    }

    /// Enqueues 1,000 calls at a time and drains them at the same time.
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

    /// Returns the times from calling `delay` to the start of the task on an idle worker, in ms.
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
        // The first call includes the start of the worker; the figures are those of a worker that waits.
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

/// The folder for the files of a run; removed at its end.
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
