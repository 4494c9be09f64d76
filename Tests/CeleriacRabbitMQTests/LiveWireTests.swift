import Foundation
import RabbitMQUnderTest
import Testing

@testable import AMQPClient
@testable import CeleriacCore
@testable import CeleriacRabbitMQ

/// What the server itself makes of our names, patterns and headers.
@Suite(
    "the RabbitMQ wire with a server", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15)))
struct LiveWireTests {
    private func connected(_ body: (AMQPChannel) async throws -> Void) async throws {
        let server = try await RabbitMQServer.shared()
        var configuration = AMQPConfiguration(
            hosts: [.init("127.0.0.1", port: server.port)], virtualHost: try await server.makeVirtualHost())
        // The tests share the machine.
        (configuration.connectTimeout, configuration.deadline) = (.seconds(30), .seconds(60))
        let connection = try await AMQPConnection.connect(configuration)
        do { try await body(connection.openChannel()) } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// Names with dots, empty parts, and parts that look like delays; some end in one another.
    private static let targets = ["mail", "x.mail", "0.mail", "a..b", ".mail", "häß"]

    @Test(
        "a delayed message reaches its own queue only, not before its time",
        arguments: [RabbitMQOptions.QueueType.plain, .quorum])
    func delays(type: RabbitMQOptions.QueueType) async throws {
        try await connected { channel in
            for declaration in DelayLevels.declarations(type) { try await channel.declare(declaration) }
            for target in Self.targets {
                try await channel.declareQueue(target)
                try await channel.declare(DelayLevels.binding(of: target))
            }
            let delay = Duration.milliseconds(2500)
            let began = ContinuousClock.now
            for target in Self.targets {
                // The server would end the first level after 1 ms if the copy kept such an expiration.
                let properties = AMQPProperties(headers: ["own": "kept"], deliveryMode: 2, expiration: "1")
                try await channel.publish(
                    DelayLevels.message(properties, body: Array(target.utf8), to: target, after: delay))
            }
            for target in Self.targets {
                let consumer = try await channel.consume(target, prefetch: 10)
                let first = try #require(try await consumer.nextBatch().first)
                #expect(ContinuousClock.now - began >= delay)
                #expect(String(decoding: first.body, as: UTF8.self) == target)
                #expect(first.exchange == DelayLevels.endExchange)
                #expect(DelayLevels.target(of: first.routingKey) == target)
                let copy = MessageCopy(of: first.properties, body: first.body, now: Date()).message(to: target)
                #expect(copy.properties.headers == ["own": "kept"])
                try channel.ack(first)
                try await consumer.cancel()
                #expect(try await channel.checkQueue(target).messages == 0)
            }
        }
    }

    @Test("a queue that Celery binds in its own way receives a delayed message once")
    func besideCelery() async throws {
        try await connected { channel in
            let levels = DelayLevels.declarations(.plain) + [.exchange("mail", .topic), .queue("mail", arguments: [:])]
            let ways =
                DelayLevels.bindings(of: "mail", on: "mail", routingKey: "mail") + [DelayLevels.binding(of: "mail")]
            for declaration in levels + ways { try await channel.declare(declaration) }
            try await channel.publish(
                DelayLevels.message(AMQPProperties(), body: [1], to: "mail", after: .milliseconds(1)))
            let consumer = try await channel.consume("mail", prefetch: 10)
            let first = try await consumer.nextBatch()
            try await consumer.cancel()
            #expect(first.count + consumer.arrivedBatch().count == 1)
        }
    }

    @Test("the server counts the deliveries of a quorum queue, and marks those of a classic one")
    func deliveryCounts() async throws {
        try await connected { channel in
            let queues: [(QueueName, RabbitMQOptions.QueueType)] = [("q", .quorum), ("c", .plain)]
            for (queue, type) in queues {
                for declaration in QueueDeclaration.declarations(of: queue, type) {
                    try await channel.declare(declaration)
                }
                let copy = MessageCopy(
                    of: AMQPProperties(deliveryMode: 2), body: [1], marks: DeliveryMarks(deliveries: 4), now: Date())
                try await channel.publish(copy.message(to: queue.rawValue))
                let consumer = try await channel.consume(queue.rawValue, prefetch: 1)
                let expected: [DeliveryCount] =
                    type == .quorum ? [.exact(5), .exact(6), .exact(7)] : [.exact(5), .atLeast(6), .atLeast(6)]
                for count in expected {
                    let delivery = try #require(try await consumer.nextBatch().first)
                    #expect(
                        DeliveryMarks.count(of: delivery.properties, isRedelivered: delivery.isRedelivered) == count)
                    try channel.reject(delivery, isRequeued: true)
                }
                try await consumer.cancel()
            }
        }
    }

    @Test("a header CC of a caller would close the channel, and is not sent")
    func copies() async throws {
        try await connected { channel in
            try await channel.declareQueue("q")
            let envelope = Envelope(headers: MessageHeaders(id: "1", task: "t"), body: Array("[[],{},null]".utf8))
                .with { $0.extra["CC"] = "other" }
            let properties = try TaskMessage.properties(of: envelope, now: Date())
            try await channel.publish(AMQPMessage(routingKey: "q", properties: properties, body: envelope.body))
            #expect(try await channel.get("q")?.properties == properties)
            await #expect(throws: AMQPError.self) {
                let properties = AMQPProperties(headers: ["CC": "other"])
                try await channel.publish(AMQPMessage(routingKey: "q", properties: properties))
            }
            await #expect(throws: AMQPError.self) { try await channel.checkQueue("q") }
        }
    }

    @Test("the server's dead letters tell why they died")
    func serverDeaths() async throws {
        try await connected { channel in
            try await channel.declareQueue("dead")
            try await channel.declareQueue(
                "q", arguments: ["x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"])
            try await channel.publish(AMQPMessage(routingKey: "q", body: [1]))
            try channel.reject(try #require(try await channel.get("q")), isRequeued: false)
            let consumer = try await channel.consume("dead", prefetch: 1)
            let letter = try #require(try await consumer.nextBatch().first)
            let mark = DeathMark(of: letter.properties.headers)
            #expect(mark.reason == "rejected")
            #expect(mark.queue == "q")
            #expect(mark.diedAt.map { abs($0.timeIntervalSinceNow) < 3600 } == true)
            try channel.ack(letter)
            try await consumer.cancel()
        }
    }
}

extension AMQPChannel {
    fileprivate func declare(_ declaration: Declaration) async throws {
        switch declaration {
        case .exchange(let name, let type): try await declareExchange(name, type)
        case .queue(let name, let arguments): try await declareQueue(name, arguments: arguments)
        case .queueBinding(let queue, let exchange, let key):
            try await bindQueue(queue, to: exchange, routingKey: key)
        case .exchangeBinding(let destination, let source, let key):
            try await bindExchange(destination, to: source, routingKey: key)
        }
    }
}
