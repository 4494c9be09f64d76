import Celeriac
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import RedisUnderTest
import Testing

/// What the checks of RabbitMQ share: a virtual host for the messages, a Redis server for the results, a Python client,
/// workers, and a client in this process. There is one for each type of queues.
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

    /// Those of the suite which runs.
    @TaskLocal static var all: [Queues: RabbitMQFleet] = [:]

    let queues: Queues
    let server: RabbitMQServer
    let scratch: Scratch
    let python: PythonClient
    /// The Swift client; it runs no tasks.
    let app: TaskApp
    private let redis: RedisServer
    /// The URL of the virtual host, without options.
    private let broker: String
    private let workers: [ChildProcess]

    private init(_ queues: Queues, _ server: RabbitMQServer, host: String) async throws {
        self.queues = queues
        self.server = server
        scratch = try Scratch()
        redis = try RedisServer()
        try await redis.start()
        broker = "amqp://guest:guest@127.0.0.1:\(server.port)/\(host)"
        let programs = Programs(queues: queues, broker: broker, redis: redis.url, scratch: scratch)
        python = try PythonClient(broker: broker, redis: redis.url, settings: queues.settings, scratch: scratch)
        app = try Fleet.app(programs.swiftBroker, resultBackend: redis.url)
        let celery = try programs.python("python", queues: ["python"])
        let swift = try programs.swift("swift", queues: ["celery", "everyone"])
        let pooled = try programs.swift("pooled", concurrency: 2, queues: ["pooled", "everyone"], pool: [])
        workers = [celery.process, swift.process, pooled.process]
        _ = try await celery.ready(for: nil)
        for worker in [swift, pooled] { _ = try await worker.ready() }
    }

    static func run(_ body: () async throws -> Void) async throws {
        let server = try await RabbitMQServer.shared()
        let hosts = try await server.makeVirtualHosts(2)
        async let plain = RabbitMQFleet(.plain, server, host: hosts[0])
        async let quorum = RabbitMQFleet(.quorum, server, host: hosts[1])
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

    private var programs: Programs {
        Programs(queues: queues, broker: broker, redis: redis.url, scratch: scratch)
    }

    private func stop() {
        python.stop()
        for worker in workers { worker.kill() }
        redis.clear()
    }

    /// Starts workers.
    private struct Programs {
        let queues: Queues
        let broker: String
        let redis: String
        let scratch: Scratch

        var swiftBroker: String { broker + (queues == .quorum ? "?queue_type=quorum" : "") }

        func python(_ name: String, queues names: [String]) throws -> PythonWorker {
            try PythonWorker(
                name, broker: broker, redis: redis, queues: names, settings: queues.settings, scratch: scratch)
        }

        func swift(
            _ name: String, concurrency: Int = 4, queues names: [String], pool: [String] = ["--pool", "in-process"]
        ) throws -> SwiftWorker {
            try SwiftWorker(
                name, broker: swiftBroker, redis: redis, concurrency: concurrency, queues: names, pool: pool,
                scratch: scratch)
        }
    }
}

/// Gives a suite both fleets.
struct RabbitMQFleetTrait: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await RabbitMQFleet.run { try await function() }
    }
}

extension Trait where Self == RabbitMQFleetTrait {
    static var rabbitMQFleets: RabbitMQFleetTrait { RabbitMQFleetTrait() }
}

extension Interop {
    /// Stock Celery and Swift side by side, with RabbitMQ for the messages and Redis for the results.
    @Suite(
        "RabbitMQ", .rabbitMQFleets, .serialized,
        .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"))
    enum RabbitMQ {}
}
