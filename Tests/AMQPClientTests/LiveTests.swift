import RabbitMQUnderTest
import RedisUnderTest
import Testing

@testable import AMQPClient

@Suite(
    "with RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15)))
struct LiveTests {
    @Test("messages go out confirmed and come back whole")
    func roundTrip() async throws {
        try await RabbitMQServer.connected { connection in
            #expect(connection.serverProperties["product"] == "RabbitMQ")
            #expect(connection.heartbeat == .seconds(10) && connection.largestFrame == 131_072)
            let channel = try await connection.openChannel()
            #expect(try await channel.declareQueue("q") == channel.checkQueue("q"))
            let headers: AMQPTable = [
                "text": "\u{e4}\u{1F600}", "none": nil, "small": -5, "large": 5_000_000_000, "yes": true, "half": 0.5,
                "list": [nil, [1]], "bytes": .bytes([0, 255]), "time": .timestamp(1_700_000_000), "table": ["x": 1],
                "decimal": .decimal(scale: 2, value: 314), "odd": .malformedString([0xED, 0xA0, 0x80]),
            ]
            var message = AMQPMessage(
                routingKey: "q",
                properties: AMQPProperties(
                    contentType: "a", contentEncoding: "b", headers: headers, deliveryMode: 2, priority: 3,
                    correlationID: "c", replyTo: "d", expiration: "60000", messageID: "e", timestamp: 1, type: "f",
                    userID: "guest", appID: "g"))
            message.body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try await channel.publish(message)
            let delivery = try #require(try await channel.get("q"))
            #expect(delivery.properties == message.properties && delivery.body == message.body)
            #expect(delivery.messagesLeft == 0 && delivery.needsSettlement && !delivery.isRedelivered)
            try channel.ack(delivery)
            #expect(try await channel.get("q") == nil)
        }
    }

    @Test("a batch and many tasks at once are confirmed, in order within a task")
    func many() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            let outcomes = try await channel.publish((0..<500).map { AMQPMessage(to: "q", "batch \($0)") })
            #expect(outcomes.count == 500 && outcomes.allSatisfy { $0.word == "ok" })
            try await withThrowingTaskGroup { group in
                for task in 0..<50 {
                    group.addTask {
                        for turn in 0..<10 { try await channel.publish(AMQPMessage(to: "q", "\(task).\(turn)")) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await channel.checkQueue("q").messages == 1000)
            let consumer = try await channel.consume("q", prefetch: 1000)
            let deliveries = try await consumer.next(1000)
            #expect(deliveries.prefix(500).map(\.text) == (0..<500).map { "batch \($0)" })
            let ofOne = deliveries.map(\.text).filter { $0.hasPrefix("7.") }
            #expect(ofOne == (0..<10).map { "7.\($0)" })
            try channel.ack(try #require(deliveries.last), isMultiple: true)
            try await consumer.cancel()
            #expect(try await consumer.nextBatch().isEmpty)
            try await channel.close()
            try await withConnection(connection.configuration) { other async throws in
                #expect(try await other.openChannel().checkQueue("q").messages == 0)
            }
        }
    }

    @Test("unroutable, mandatory or not, and a full queue")
    func refusals() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            let lost = await error { try await channel.publish(AMQPMessage(to: "nowhere", "x")) }
            #expect(lost?.code == .unroutable && lost?.server?.code == 312 && lost?.mayHaveBeenDone == false)
            #expect(lost?.message.contains("nowhere") == true, "it says which message")
            var optional = AMQPMessage(to: "nowhere", "x")
            optional.isMandatory = false
            try await channel.publish(optional)
            try await channel.declareQueue("small", arguments: ["x-max-length": 1, "x-overflow": "reject-publish"])
            let outcomes = try await channel.publish([
                AMQPMessage(to: "small", "a"), AMQPMessage(to: "nowhere", "b"), AMQPMessage(to: "small", "c"),
                AMQPMessage(to: "small", "d"),
            ])
            #expect(outcomes.map(\.word) == ["ok", "unroutable", "refused", "refused"])
        }
    }

    @Test("no more deliveries than the prefetch, and another one for each ack")
    func prefetch() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            _ = try await channel.publish((0..<10).map { AMQPMessage(to: "q", "\($0)") })
            let consumer = try await channel.consume("q", prefetch: 3)
            let first = try await consumer.next(3)
            // Each of these answers comes after all that was sent before it.
            #expect(try await channel.checkQueue("q").messages == 7)
            #expect(consumer.arrivedBatch().isEmpty)
            try channel.ack(first[0])
            #expect(try await consumer.next(1).map(\.text) == ["3"])
            try channel.nack(first[1], isRequeued: false)
            try channel.reject(first[2], isRequeued: true)
            let next = try await consumer.next(2)
            #expect(next.contains { $0.text == "2" && $0.isRedelivered })
        }
    }

    @Test("a 404 and a 406 close their own channel, with the server's reason, and no other one")
    func channelErrors() async throws {
        try await RabbitMQServer.connected { connection in
            let (first, second, third) = (
                try await connection.openChannel(), try await connection.openChannel(),
                try await connection.openChannel()
            )
            let missing = await error { _ = try await first.checkQueue("none") }
            #expect(missing?.code == .server && missing?.server?.isNotFound == true)
            #expect(missing?.message.contains("queue.declare") == true && missing?.message.contains("none") == true)
            #expect(missing?.message.contains(connection.server) == true, "it says where")
            #expect(try await first.waitUntilClosed().server?.code == 404)
            let after = await error { try await first.declareQueue("x") }
            #expect(after?.code == .channelClosed && after?.server?.code == 404)
            try await second.declareQueue("q")
            let other = await error { try await second.declareQueue("q", arguments: ["x-max-priority": 5]) }
            #expect(other?.server?.isPreconditionFailed == true)
            try await third.publish(AMQPMessage(to: "q", "x"))
            let noExchange = await error { try await third.publish(AMQPMessage(to: "q", "x", exchange: "none")) }
            #expect(noExchange?.server?.isNotFound == true)
            let fourth = try await connection.openChannel()
            #expect(try await fourth.checkQueue("q").messages == 1)
            #expect(connection.closure == nil)
        }
    }

    @Test("exchanges and queues are declared, bound, unbound, purged and deleted")
    func topology() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            for (name, type) in [("d", AMQPExchangeType.direct), ("t", .topic), ("f", .fanout), ("h", .headers)] {
                try await channel.declareExchange(name, type)
                try await channel.checkExchange(name)
            }
            let named = try await channel.declareQueue("", isDurable: false, isExclusive: true)
            #expect(named.name.hasPrefix("amq.gen"))
            try await channel.bindExchange("d", to: "t", routingKey: "a.*")
            try await channel.bindQueue(named.name, to: "d", routingKey: "a.b")
            try await channel.publish(AMQPMessage(to: "a.b", "x", exchange: "t"))
            #expect(try await channel.purgeQueue(named.name) == 1)
            try await channel.unbindExchange("d", from: "t", routingKey: "a.*")
            let lost = await error { try await channel.publish(AMQPMessage(to: "a.b", "x", exchange: "t")) }
            #expect(lost?.code == .unroutable)
            try await channel.publish(AMQPMessage(to: "a.b", "x", exchange: "d"))
            try await channel.unbindQueue(named.name, from: "d", routingKey: "a.b")
            #expect(try await channel.deleteQueue(named.name) == 1)
            for name in ["d", "t", "f", "h"] { try await channel.deleteExchange(name) }
            #expect(await error { try await channel.checkExchange("d") }?.server?.isNotFound == true)
        }
    }

    @Test("a consumer of a deleted queue ends with an error, and its channel goes on")
    func queueDeleted() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            try await channel.publish(AMQPMessage(to: "q", "x"))
            let consumer = try await channel.consume("q", prefetch: 5)
            #expect(try await consumer.next(1).count == 1)
            async let end = error { _ = try await consumer.nextBatch() }
            try await channel.deleteQueue("q")
            #expect(await end?.code == .consumerCancelled)
            try await channel.declareQueue("q")
        }
    }

    @Test("deliveries of a closed channel come back, and cannot be settled any longer")
    func oldDelivery() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            try await channel.publish(AMQPMessage(to: "q", "x"))
            let consumer = try await channel.consume("q", prefetch: 5)
            let delivery = try await consumer.next(1)[0]
            try await channel.close()
            #expect(await error { try channel.ack(delivery) }?.code == .closed)
            #expect(try await consumer.nextBatch().isEmpty)
            let second = try await connection.openChannel()
            #expect(second.number == channel.number)
            #expect(await error { try second.ack(delivery) }?.code == .invalid, "it is another channel's")
            let again = try #require(try await second.get("q"))
            #expect(again.isRedelivered)
            try second.ack(again)
            let unsettled = try await second.get("q", noAck: true)
            #expect(unsettled == nil)
        }
    }

    @Test("a dropped consumer and a dropped channel give back what they hold")
    func dropped() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            _ = try await channel.publish((0..<4).map { AMQPMessage(to: "q", "\($0)") })
            do {
                let consumer = try await channel.consume("q", prefetch: 3)
                #expect(try await consumer.next(1).count == 1)
            }
            try await wait { try await channel.checkQueue("q") == .init(name: "q", messages: 3, consumers: 0) }
            do {
                let other = try await connection.openChannel()
                #expect(try await other.get("q") != nil)
            }
            try await wait { try await channel.checkQueue("q").messages == 3 }
        }
    }

    @Test("without acknowledgements many deliveries wait while the connection stops reading")
    func withoutAcknowledgements() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            for _ in 0..<6 {
                _ = try await channel.publish((0..<1000).map { _ in AMQPMessage(to: "q", "x") })
            }
            try await withConnection(connection.configuration) { other in
                let consumer = try await other.openChannel().consumeWithoutAcknowledgement("q")
                var count = 0
                while count < 6000 { count += try await consumer.nextBatch().count }
                #expect(count == 6000)
                try await consumer.cancel()
            }
            #expect(try await channel.checkQueue("q").messages == 0)
        }
    }

    @Test("a consumer that is cancelled twice while deliveries arrive ends once, and the connection goes on")
    func cancelledTwice() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            for _ in 0..<5 {
                _ = try await channel.publish((0..<1000).map { _ in AMQPMessage(to: "q", "x") })
            }
            var count = 0
            while count < 5000 {
                let consumer = try await channel.consume("q", prefetch: 500)
                let first = try await consumer.nextBatch()
                let cancels = (0..<3).map { _ in Task { try await consumer.cancel() } }
                var batch = first
                while !batch.isEmpty {
                    count += batch.count
                    for delivery in batch { try channel.ack(delivery) }
                    batch = try await consumer.nextBatch()
                }
                for cancel in cancels { try await cancel.value }
            }
            #expect(count == 5000)
            #expect(try await channel.checkQueue("q").messages == 0)
        }
    }

    @Test("a cancelled call throws, and leaves the channel whole")
    func cancellation() async throws {
        try await RabbitMQServer.connected { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("q")
            let consumer = try await channel.consume("q", prefetch: 1)
            let waiting = Task { try await consumer.nextBatch() }
            let ending = Task { try await channel.waitUntilClosed() }
            waiting.cancel()
            ending.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            await #expect(throws: CancellationError.self) { try await ending.value }
            for _ in 0..<20 {
                let publish = Task { try await channel.publish(AMQPMessage(to: "q", "x")) }
                publish.cancel()
                _ = await publish.result
            }
            try await channel.publish(AMQPMessage(to: "q", "x"))
            #expect(try await consumer.next(1).count == 1)
        }
    }

    @Test("a wrong password and an unknown virtual host are refused, with a text that names neither")
    func login() async throws {
        let server = try await RabbitMQServer.shared()
        var wrong = server.configuration
        wrong.password = "canary"
        for mechanism in [AMQPConfiguration.Mechanism.plain, .amqplain] {
            wrong.mechanism = mechanism
            let refused = await error { _ = try await AMQPConnection.connect(wrong) }
            #expect(refused?.code == .unauthorized && refused?.server?.code == 403)
            #expect(refused.map { "\($0)".contains("canary") } == false)
            var right = server.configuration
            right.mechanism = mechanism
            try await withConnection(right) { _ in }
        }
        let noHost = await error { _ = try await AMQPConnection.connect(patient(server.port, virtualHost: "none")) }
        #expect(noHost?.code == .unauthorized && noHost?.server?.code == 530)
        var external = server.configuration
        external.mechanism = .external
        #expect(await error { _ = try await AMQPConnection.connect(external) }?.code == .misconfigured)
    }

    @Test("hosts are tried in turn; all failures are told")
    func hosts() async throws {
        let server = try await RabbitMQServer.shared()
        let nobody = try FreePort.next()
        var configuration = server.configuration
        configuration.hosts.insert(.init("127.0.0.1", port: nobody), at: 0)
        try await withConnection(configuration) { connection in
            #expect(connection.server == "127.0.0.1:\(server.port)")
        }
        let other = try FreePort.next()
        configuration.hosts = [.init("127.0.0.1", port: nobody), .init("127.0.0.1", port: other)]
        let refused = await error { _ = try await AMQPConnection.connect(configuration) }
        #expect(refused?.code == .unreachable)
        #expect(refused?.message.contains("\(nobody)") == true && refused?.message.contains("\(other)") == true)
        configuration.hosts = []
        #expect(await error { _ = try await AMQPConnection.connect(configuration) }?.code == .misconfigured)
    }
}
