import AMQPClient
import Celeriac
import CeleriacCore
import CeleriacRabbitMQ
import Foundation
import RabbitMQUnderTest
import RedisUnderTest
import Testing

/// A RabbitMQ server that is made to suffer, and a Redis server for the results. All tests of the suite share them, one
/// after the other, because the server takes seconds to start.
final class RabbitMQField: Sendable {
    /// That of the suite which runs.
    @TaskLocal static var current: RabbitMQField?

    let server: RabbitMQServer
    let redis: RedisServer

    private init(_ server: RabbitMQServer, _ redis: RedisServer) {
        self.server = server
        self.redis = redis
    }

    static func run(_ body: () async throws -> Void) async throws {
        try await RedisServer.run { redis in
            try await RabbitMQServer.run { server in
                try await $current.withValue(RabbitMQField(server, redis), operation: body)
            }
        }
    }
}

/// The part of one test: a queue, a folder and a journal of its own.
struct RabbitMQTrial: Sendable {
    let field: RabbitMQField
    let queues: RabbitMQFleet.Queues
    let host: String
    let queue: QueueName
    let scratch: Scratch
    /// A client in this process; it runs no tasks.
    let app: TaskApp

    var server: RabbitMQServer { field.server }
    var redis: RedisServer { field.redis }
    var journal: Journal { Journal(scratch: scratch) }

    /// - Parameter host: the virtual host.
    static func run(
        _ queues: RabbitMQFleet.Queues = .plain, host: String = "/", _ body: (RabbitMQTrial) async throws -> Void
    ) async throws {
        let field = try #require(RabbitMQField.current, "the suite stands outside of .rabbitMQField")
        let queue = try QueueName("faults-\(UUID().uuidString.prefix(8))")
        let url = url(field, queues, host: host, port: nil, heartbeat: 10)
        let trial = RabbitMQTrial(
            field: field, queues: queues, host: host, queue: queue, scratch: try Scratch(),
            app: try Fleet.app(url, resultBackend: field.redis.url))
        let logged = field.server.log.count
        try await body(trial)
        // A settlement under a tag that its channel does not know is answered in this way.
        let log = field.server.log.dropFirst(logged)
        #expect(!log.contains("PRECONDITION_FAILED"), "\(log.suffix(2000))")
    }

    /// - Parameters:
    ///   - port: of a proxy; `nil` = the server's own.
    ///   - heartbeat: in seconds.
    func worker(
        _ name: String, slots: Int = 4, port: Int? = nil, heartbeat: Int = 10
    ) throws -> SwiftWorker {
        try SwiftWorker(
            "\(name)-\(queue)", broker: Self.url(field, queues, host: host, port: port, heartbeat: heartbeat),
            redis: redis.url, concurrency: slots, queues: [queue.rawValue], mingles: false, scratch: scratch)
    }

    private static func url(
        _ field: RabbitMQField, _ queues: RabbitMQFleet.Queues, host: String, port: Int?, heartbeat: Int
    ) -> String {
        "amqp://guest:guest@127.0.0.1:\(port ?? field.server.port)/\(host == "/" ? "" : host)?heartbeat=\(heartbeat)"
            + (queues == .quorum ? "&queue_type=quorum" : "")
    }

    /// A client without results whose calls to the server fail after a second.
    func impatientApp(port: Int? = nil) throws -> TaskApp {
        var configuration = AMQPConfiguration(
            hosts: [.init("127.0.0.1", port: port ?? server.port)], virtualHost: host)
        configuration.deadline = .seconds(1)
        configuration.heartbeat = .seconds(1)
        return try TaskApp(
            Backend(broker: RabbitMQStore(configuration)), options: AppOptions(discoversTasks: false),
            logger: app.logger)
    }

    // MARK: Calls

    func mark(_ number: Int, countdown: Duration? = nil) -> Signature<Int> {
        Signature(
            "crash.mark", EncodedArguments(args: [.integer(Int64(number))]),
            options: CallOptions(queue: queue, countdown: countdown))
    }

    /// Sends calls in batches that a busy server confirms within the deadline of a send.
    func sendMarks(_ count: Int, from first: Int = 0) async throws -> [AsyncResult<Int>] {
        var results: [AsyncResult<Int>] = []
        while results.count < count {
            let next = first + results.count
            results += try await app.send((next..<min(next + 200, first + count)).map { mark($0) })
        }
        return results
    }

    /// Tries until the server has taken it: it may be on its way back.
    func patiently<Value>(_ body: () async throws -> Value) async throws -> Value {
        while true {
            do { return try await body() } catch let error as BrokerError where error.isTransient {
                try await pauseBriefly()
            }
        }
    }

    /// Waits until no message is ready, and none is held that could become ready again.
    func waitUntilEmpty() async throws {
        try await waitUntil { try await app.queue(queue).count == 0 }
        try await waitUntil { try await isEmpty }
    }

    /// Whether the queue has no message, ready or held.
    var isEmpty: Bool {
        get async throws {
            try await server.control(
                "list_queues", "-p", host, "--no-table-headers", "name", "messages"
            ).contains("\(queue)\t0\n")
        }
    }

    /// What a worker has logged.
    func log(of worker: SwiftWorker) -> String {
        (try? String(contentsOf: worker.process.logFile, encoding: .utf8)) ?? ""
    }
}

/// Gives a suite its field.
struct RabbitMQFieldTrait: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await RabbitMQField.run { try await function() }
    }
}

extension Trait where Self == RabbitMQFieldTrait {
    static var rabbitMQField: RabbitMQFieldTrait { RabbitMQFieldTrait() }
}
