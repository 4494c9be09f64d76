import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import RedisUnderTest
import Testing

/// What the checks of RabbitMQ share: a virtual host for the messages, a place for the results, a Python client, workers,
/// and a client in this process. There is one for each type of queues.
///
/// | worker | is | queues |
/// |---|---|---|
/// | python | Celery's, 2 threads | python |
/// | swift | ours, 4 slots in process | celery, everyone |
/// | pooled | ours, 2 child processes | pooled, everyone |
final class RabbitMQFleet: Sendable {
    /// How all programs of a virtual host declare their queues.
    enum Queues: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case plain
        case quorum

        var testDescription: String { "\(rawValue) queues" }

        fileprivate var settings: JSONObject {
            self == .plain
                ? [:] : ["task_default_queue_type": "quorum", "task_create_missing_queue_type": "quorum"]
        }
    }

    /// Where the results go.
    enum Results: Sendable {
        /// Into a Redis server of the fleet's own.
        case redis
        /// To the client that called, through RabbitMQ. The worker `pooled` tracks starts.
        case rpc
    }

    /// Those of the suite which runs.
    @TaskLocal static var all: [Queues: RabbitMQFleet] = [:]

    let queues: Queues
    let server: RabbitMQServer
    let scratch: Scratch
    let python: PythonClient
    /// The Swift client; it runs no tasks.
    let app: TaskApp
    private let redis: RedisServer?
    private let programs: Programs
    private let workers: [ChildProcess]

    private init(_ queues: Queues, _ results: Results, _ server: RabbitMQServer, host: String) async throws {
        self.queues = queues
        self.server = server
        scratch = try Scratch()
        redis = results == .redis ? try RedisServer() : nil
        try await redis?.start()
        programs = Programs(
            queues: queues, broker: "amqp://guest:guest@127.0.0.1:\(server.port)/\(host)",
            results: redis?.url ?? "rpc://", scratch: scratch)
        python = try programs.pythonClient()
        app = try programs.app()
        let celery = try programs.python("python", queues: ["python"])
        let swift = try programs.swift("swift", queues: ["celery", "everyone"])
        let pooled = try programs.swift(
            "pooled", concurrency: 2, queues: ["pooled", "everyone"], pool: [],
            options: results == .rpc ? "?track_started=true" : "")
        workers = [celery.process, swift.process, pooled.process]
        _ = try await celery.ready(for: nil)
        for worker in [swift, pooled] { _ = try await worker.ready() }
    }

    static func run(_ results: Results, _ body: () async throws -> Void) async throws {
        let server = try await RabbitMQServer.shared()
        let hosts = try await server.makeVirtualHosts(2)
        async let plain = RabbitMQFleet(.plain, results, server, host: hosts[0])
        async let quorum = RabbitMQFleet(.quorum, results, server, host: hosts[1])
        let fleets = try await [Queues.plain: plain, .quorum: quorum]
        defer { for fleet in fleets.values { fleet.stop() } }
        try await $all.withValue(fleets, operation: body)
    }

    /// The fleet of the suite which runs.
    static func with(_ queues: Queues) throws -> RabbitMQFleet {
        try #require(all[queues], "the suite stands outside of Interop.RabbitMQ")
    }

    /// Runs the body with both fleets at once.
    static func withEach(_ body: @escaping @Sendable (RabbitMQFleet) async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for queues in Queues.allCases {
                let fleet = try with(queues)
                group.addTask {
                    do { try await body(fleet) } catch { Issue.record(error, "\(queues.testDescription)") }
                }
            }
            try await group.waitForAll()
        }
    }

    // MARK: Further workers

    func pythonWorker(_ name: String, queues: [String]) async throws -> PythonWorker {
        try await programs.python(name, queues: queues).ready(for: nil)
    }

    func swiftWorker(_ name: String, concurrency: Int = 2, queues: [String]) async throws -> SwiftWorker {
        try await programs.swift(name, concurrency: concurrency, queues: queues).ready()
    }

    // MARK: Further clients

    /// Another process that calls, like ``python``.
    func pythonClient() throws -> PythonClient { try programs.pythonClient() }

    /// Another client in this process, with a reply queue of its own on `rpc://`.
    func anotherApp() throws -> TaskApp { try programs.app() }

    private func stop() {
        python.stop()
        for worker in workers { worker.kill() }
        redis?.clear()
    }

    /// Starts clients and workers.
    private struct Programs {
        let queues: Queues
        /// The URL of the virtual host, without options.
        let broker: String
        /// The URL of the result backend.
        let results: String
        let scratch: Scratch

        var swiftBroker: String { broker + (queues == .quorum ? "?queue_type=quorum" : "") }

        func app() throws -> TaskApp { try Fleet.app(swiftBroker, resultBackend: results) }

        func pythonClient() throws -> PythonClient {
            try PythonClient(broker: broker, redis: results, settings: queues.settings, scratch: scratch)
        }

        func python(_ name: String, queues names: [String]) throws -> PythonWorker {
            try PythonWorker(
                name, broker: broker, redis: results, queues: names, settings: queues.settings, scratch: scratch)
        }

        func swift(
            _ name: String, concurrency: Int = 4, queues names: [String], pool: [String] = ["--pool", "in-process"],
            options: String = ""
        ) throws -> SwiftWorker {
            try SwiftWorker(
                name, broker: swiftBroker, redis: results + options, concurrency: concurrency, queues: names,
                pool: pool,
                scratch: scratch)
        }
    }
}

/// Gives a suite both fleets.
struct RabbitMQFleetTrait: SuiteTrait, TestScoping {
    let results: RabbitMQFleet.Results

    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await RabbitMQFleet.run(results) { try await function() }
    }
}

extension Trait where Self == RabbitMQFleetTrait {
    static func rabbitMQFleets(results: RabbitMQFleet.Results) -> RabbitMQFleetTrait {
        RabbitMQFleetTrait(results: results)
    }
}

extension Interop {
    /// Stock Celery and Swift side by side, with RabbitMQ for the messages and Redis for the results.
    @Suite(
        "RabbitMQ", .rabbitMQFleets(results: .redis), .serialized,
        .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"))
    enum RabbitMQ {}

    /// Stock Celery and Swift side by side, with RabbitMQ for the messages, and for the results `rpc://` through it.
    @Suite(
        "RPC", .rabbitMQFleets(results: .rpc), .serialized,
        .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"))
    enum RPC {}
}
