import Celeriac
import CeleriacCore
import CeleriacRQ
import Foundation
import RedisUnderTest
import Testing

/// What the checks of RQ share: a Redis server, a Python client with RQ, Swift and Python workers, a client in this process.
///
/// | worker | is | queues |
/// |---|---|---|
/// | swift | ours, 4 slots | default, other, mixed |
/// | single | ours, 1 slot | single |
/// | python | RQ's `Worker` with a scheduler | python, late |
/// | simple | RQ's `SimpleWorker` | simple, mixed |
final class RQFleet: Sendable {
    /// That of the suite which runs.
    @TaskLocal static var current: RQFleet?

    let server: RedisServer
    let scratch: Scratch
    let python: PythonClient
    /// The Swift client; it runs no tasks.
    let app: TaskApp
    /// The same keys, with all that RQ can say of a job.
    let store: RQStore
    let dashboardPort: Int
    private let workers: [ChildProcess]

    private init() async throws {
        scratch = try Scratch()
        server = try RedisServer()
        try await server.start()
        let (url, address) = (Self.url(of: server), server.url)
        python = try PythonClient(redis: address, program: "rqpeer.py", scratch: scratch)
        app = try Fleet.app(url)
        store = try RQStore(url: url)
        dashboardPort = try FreePort.next()
        let swift = try SwiftWorker(redis: url, queues: ["default", "other", "mixed"], scratch: scratch)
        let single = try SwiftWorker("single", redis: url, concurrency: 1, queues: ["single"], scratch: scratch)
        workers = [
            swift.process, single.process,
            try Self.worker("python", ["python", "late", "--with-scheduler"], address, scratch),
            try Self.worker("simple", ["simple", "mixed", "--worker-class", "rq.SimpleWorker"], address, scratch),
            try Self.program(
                "rq-dashboard", ["--bind", "127.0.0.1", "--port", "\(dashboardPort)", "--redis-url", address], address,
                scratch),
        ]
        for worker in [swift, single] { _ = try await worker.ready() }
        for worker in ["python", "simple"] { try await isIdle(worker) }
        try await python("shared.dashboard = 'http://127.0.0.1:\(dashboardPort)'; wait_until(dashboard_answers)")
    }

    static func run(_ body: () async throws -> Void) async throws {
        let fleet = try await RQFleet()
        do {
            try await $current.withValue(fleet, operation: body)
            await fleet.stop()
        } catch {
            await fleet.stop()
            throw error
        }
    }

    static func url(of server: RedisServer) -> String { "rq://127.0.0.1:\(server.port)/0" }

    /// A stock `rq worker` in a process of its own.
    static func worker(
        _ name: String, _ words: [String], _ url: String, _ scratch: Scratch
    ) throws -> ChildProcess {
        try program("rq", ["worker", "--name", name, "--url", url] + words, as: name, url, scratch)
    }

    private static func program(
        _ program: String, _ words: [String], as name: String? = nil, _ url: String, _ scratch: Scratch
    ) throws -> ChildProcess {
        try ChildProcess(
            "\(program)-\(name ?? "0")", Places.python,
            [Places.pythonSources.appending(path: "rqprogram.py").path, program] + words,
            environment: PythonWorker.environment(redis: url, settings: [:], scratch), in: scratch.folder)
    }

    /// Waits until RQ lists the worker as idle.
    func isIdle(_ worker: String) async throws {
        try await python(
            "wait_until(lambda: any(w.name == '\(worker)' and w.state == 'idle' for w in Worker.all(connection=redis)))"
        )
    }

    /// A further Swift worker, for checks after which it is not what it was.
    func swiftWorker(
        _ name: String, queues: [String], lease: Duration = .seconds(30), pool: [String] = ["--pool", "in-process"],
        arguments: [String] = []
    ) async throws -> SwiftWorker {
        try await SwiftWorker(
            name, redis: Self.url(of: server), queues: queues, lease: lease, pool: pool, arguments: arguments,
            scratch: scratch
        ).ready()
    }

    private func stop() async {
        python.stop()
        for worker in workers { worker.kill() }
        await store.close()
        server.clear()
    }
}

/// Gives a suite its fleet.
struct RQFleetTrait: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await RQFleet.run { try await function() }
    }
}

extension Trait where Self == RQFleetTrait {
    static var rqFleet: RQFleetTrait { RQFleetTrait() }
}

/// Checks against RQ: they speak of `python`, `app` and `store`.
protocol RQLive {}

extension RQLive {
    var fleet: RQFleet {
        guard let fleet = RQFleet.current else { preconditionFailure("the suite stands outside of Interop.RQ") }
        return fleet
    }
    var python: PythonClient { fleet.python }
    var app: TaskApp { fleet.app }
    var store: RQStore { fleet.store }
    var scratch: Scratch { fleet.scratch }
    /// How long an answer may take before the check has failed.
    var limit: Duration { .seconds(30) }

    func expect(_ check: PythonCheck) async throws { try await check.run(on: python) }
}

extension Interop {
    /// RQ 3.0 as it is installed, its clients, workers and dashboard, on the same keys as Swift's.
    @Suite("RQ", .rqFleet, .serialized)
    enum RQ {}
}
