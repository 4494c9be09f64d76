import Celeriac
import CeleriacRQ
import CeleriacRabbitMQ
import CeleriacRedis
import Foundation
import Logging
import RabbitMQUnderTest
import RedisUnderTest
import Testing

/// What the checks of one suite share: a Redis server, a Python client, workers, and an app in this process; for workers on
/// RabbitMQ also a virtual host, which carries the messages of all of them. All of it ends with the suite.
final class Fleet: Sendable {
    /// That of the suite which runs.
    @TaskLocal static var current: Fleet?

    let server: RedisServer
    /// The URL of the virtual host that carries the messages; `nil` if Redis does.
    let broker: String?
    let scratch: Scratch
    let python: PythonClient
    /// The Swift client; it runs no tasks.
    let app: TaskApp
    let pythonWorkers: [PythonWorker]
    let swiftWorkers: [SwiftWorker]
    let flower: ChildProcess?
    let flowerPort: Int

    private init(_ plan: FleetTrait) async throws {
        let scratch = try Scratch()
        self.scratch = scratch
        server = try RedisServer(plan.server)
        try await server.start()
        let url = server.url
        let swiftURL = url + plan.options
        let broker = plan.rabbitMQWorkers.isEmpty ? nil : try await Self.virtualHost()
        self.broker = broker
        python = try PythonClient(broker: broker, redis: url, settings: plan.settings, scratch: scratch)
        app = try Fleet.app(
            broker ?? swiftURL, resultBackend: broker == nil ? nil : swiftURL, serializer: plan.serializer)
        pythonWorkers = try plan.pythonWorkers.map { try $0(url, scratch) }
        swiftWorkers =
            try plan.swiftWorkers.map { try $0(swiftURL, scratch) }
            + plan.rabbitMQWorkers.map { try $0(broker ?? "", swiftURL, scratch) }
        flowerPort = try FreePort.next()
        flower = plan.flower ? try Self.flower(broker: broker, url, port: flowerPort, scratch) : nil
        // Python writes remote control in its task_serializer, and ours is JSON alone: no ping is answered in another one.
        let pinging = plan.serializer.isJSON ? app : nil
        for worker in pythonWorkers { _ = try await worker.ready(for: pinging) }
        for worker in swiftWorkers { _ = try await worker.ready() }
    }

    static func run(_ plan: FleetTrait, _ body: () async throws -> Void) async throws {
        let fleet = try await Fleet(plan)
        defer { fleet.stop() }
        try await $current.withValue(fleet, operation: body)
    }

    var url: String { server.url }

    /// The worker of a suite that has one of Swift, and of one that has one of Python.
    var swiftNode: String { swiftWorkers.first?.node ?? "" }
    var pythonNode: String { pythonWorkers.first?.node ?? "" }

    static func app(
        _ url: String, resultBackend: String? = nil, routes: [TaskRoute] = [], serializer: Serializer = .json
    ) throws -> TaskApp {
        var logger = Logger(label: "interop")
        logger.logLevel = .error
        let options = AppOptions(
            routes: routes, discoversTasks: false, accept: Array(Set([.json, serializer])), taskSerializer: serializer,
            resultSerializer: serializer)
        return try TaskApp(
            url, resultBackend: resultBackend, schemes: [.redis, .rq, .rabbitMQ], options: options, logger: logger)
    }

    /// The URL of a new virtual host on the shared server.
    static func virtualHost() async throws -> String {
        let server = try await RabbitMQServer.shared()
        return "amqp://guest:guest@127.0.0.1:\(server.port)/\(try await server.makeVirtualHost())"
    }

    private static func flower(
        broker: String?, _ url: String, port: Int, _ scratch: Scratch
    ) throws -> ChildProcess {
        var environment = PythonWorker.environment(broker: broker, redis: url, settings: [:], scratch)
        environment["FLOWER_UNAUTHENTICATED_API"] = "true"
        return try ChildProcess(
            "flower", Places.python,
            ["-m", "celery", "-A", "stubs", "flower", "--address=127.0.0.1", "--port=\(port)"],
            environment: environment, in: scratch.folder
        )
    }

    private func stop() {
        python.stop()
        flower?.kill()
        for worker in pythonWorkers { worker.process.kill() }
        for worker in swiftWorkers { worker.process.kill() }
        server.clear()
    }
}

/// Gives a suite its fleet.
struct FleetTrait: SuiteTrait, TestScoping {
    var server = RedisServer.Options()
    /// What follows the URL of the Swift side, as `?visibility_timeout=2`.
    var options = ""
    /// Settings of the Python client.
    var settings: JSONObject = [:]
    var pythonWorkers: [@Sendable (String, Scratch) throws -> PythonWorker] = []
    var swiftWorkers: [@Sendable (String, Scratch) throws -> SwiftWorker] = []
    /// Workers with their messages on RabbitMQ; they get its URL, then that of the results.
    var rabbitMQWorkers: [@Sendable (String, String, Scratch) throws -> SwiftWorker] = []
    var flower = false
    /// In which all sides write; they accept JSON besides.
    var serializer = Serializer.json

    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Fleet.run(self) { try await function() }
    }
}

extension Trait where Self == FleetTrait {
    /// A fleet as the closure says.
    static func fleet(_ plan: (inout FleetTrait) -> Void = { _ in }) -> FleetTrait {
        var trait = FleetTrait()
        plan(&trait)
        return trait
    }
}

/// All live suites, one after another: they share the machine's cores with what else is tested.
@Suite("Interop", .serialized)
enum Interop {}

/// A suite that has a fleet: its checks speak of `python` and `app`.
protocol Live {}

extension Live {
    var fleet: Fleet {
        guard let fleet = Fleet.current else { preconditionFailure("give the suite the trait .fleet") }
        return fleet
    }
    var python: PythonClient { fleet.python }
    var app: TaskApp { fleet.app }
    var scratch: Scratch { fleet.scratch }
}
