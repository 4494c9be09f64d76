import AMQPClient
import Celeriac
import CeleriacRabbitMQ
import CeleriacRedis
import Foundation
import RabbitMQUnderTest

/// The queues of a RabbitMQ that is measured; their names in the table and in `--only`.
enum RabbitMQQueues: String, CaseIterable, Sendable {
    case plain = "rabbitmq"
    case quorum

    /// Those of a worker, and the prefetch of the bare client.
    var slots: Int { self == .quorum ? 256 : Contestant.slots(ofWorkerOn: "amqp:") }

    func url(_ server: RabbitMQServer, _ host: String) -> String {
        "amqp://127.0.0.1:\(server.port)/\(host)" + (self == .quorum ? "?queue_type=quorum" : "")
    }
}

/// Measures the bare AMQP client on the same server, with the bytes of a call: what the server and the socket cost.
struct RabbitMQCeilings {
    let scale: Scale
    let server: RabbitMQServer
    let table: Table
    let queues: RabbitMQQueues
    private static let queue = "bare"
    private var prefetch: Int { queues.slots }

    func run() async throws {
        let host = try await server.makeVirtualHost()
        let configuration = AMQPConfiguration(hosts: [.init("127.0.0.1", port: server.port)], virtualHost: host)
        let connection = try await AMQPConnection.connect(configuration, logger: Contestant.quiet)
        let channel = try await connection.openChannel()
        let app = try Contestant.app([queues.url(server, host)])
        let message = try await message(of: app, on: channel)
        let single = try await publish(message, of: app, scale.single, by: 1, on: channel)
        let concurrent = try await publish(message, of: app, scale.concurrent, by: 64, on: channel)
        try await channel.purgeQueue(Self.queue)
        try await fill(message, scale.bulk, on: channel)
        let consumed = try await consume(scale.bulk, on: connection)
        await connection.close()
        print("| \(queues.rawValue) | bare AMQPClient, /s | ours | ratio |\n|---|--:|--:|--:|")
        row("enqueue, one at a time", single.bare, single.ours)
        row("enqueue, 64 at once", concurrent.bare, concurrent.ours)
        let drained = table["drain, results ignored", queues.rawValue] ?? .nan
        row("drain, results ignored; prefetch \(prefetch)", consumed, drained)
        print("")
    }

    /// A call as the store publishes it, for the queue of the measurement.
    private func message(of app: TaskApp, on channel: AMQPChannel) async throws -> AMQPMessage {
        try await send(to: app)
        guard let call = try await channel.get(Self.queue, noAck: true) else { fatalError("the call is not there") }
        return AMQPMessage(routingKey: Self.queue, properties: call.properties, body: call.body)
    }

    private func send(to app: TaskApp) async throws {
        try await app.send($nothing(1).with(CallOptions(queue: QueueName(Self.queue), ignoreResult: true)))
    }

    /// The rates of the bare client and of ours, medians of turns: the server's disk is faster at one time than at
    /// another.
    private func publish(
        _ message: AMQPMessage, of app: TaskApp, _ count: Int, by callers: Int, on channel: AMQPChannel
    ) async throws -> (bare: Double, ours: Double) {
        var (bare, ours): ([Double], [Double]) = ([], [])
        for _ in 0..<5 {
            bare.append(try await repeated(count / 5, by: callers) { try await channel.publish(message) })
            ours.append(try await repeated(count / 5, by: callers) { try await send(to: app) })
        }
        return (bare.quantile(0.5), ours.quantile(0.5))
    }

    private func repeated(
        _ count: Int, by callers: Int, _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> Double {
        try await rate(count) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<callers {
                    group.addTask { for _ in 0..<(count / callers) { try await body() } }
                }
                try await group.waitForAll()
            }
        }
    }

    private func fill(_ message: AMQPMessage, _ count: Int, on channel: AMQPChannel) async throws {
        for _ in 0..<(count / 1000) {
            for outcome in try await channel.publish(Array(repeating: message, count: 1000)) { try outcome.get() }
        }
    }

    private func consume(_ count: Int, on connection: AMQPConnection) async throws -> Double {
        let channel = try await connection.openChannel()
        return try await rate(count) {
            let consumer = try await channel.consume(Self.queue, prefetch: prefetch)
            var left = count
            while left > 0 {
                let batch = try await consumer.nextBatch()
                if let last = batch.last { try channel.ack(last, isMultiple: true) }
                left -= batch.count
            }
        }
    }

    private func row(_ name: String, _ ceiling: Double, _ ours: Double) {
        print("| \(name) | \(Table.text(ceiling)) | \(Table.text(ours)) | \(Table.text(ours / ceiling)) |")
    }
}

extension Contestant {
    /// RabbitMQ for messages, Redis for results. Each store has a virtual host of its own. A schedule and a canvas are in
    /// Redis.
    static func rabbitMQ(
        _ scale: Scale, _ server: RabbitMQServer, _ redis: RedisProcess, _ queues: RabbitMQQueues
    ) -> Contestant {
        var scale = scale
        scale.mostWaiting = 100_000
        return Contestant(
            name: queues.rawValue, scale: scale, slots: queues.slots,
            lacks: queues == .plain ? [.beats, .canvas] : [.beats, .canvas, .footprints, .processes]
        ) {
            try redis.empty()
            let urls = [queues.url(server, try await server.makeVirtualHost()), redis.url]
            return (try app(urls), urls)
        }
    }
}
