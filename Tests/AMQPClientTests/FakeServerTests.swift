import NIOCore
import RedisUnderTest
import Testing

@testable import AMQPClient

@Suite("with a server that goes wrong", .timeLimit(.minutes(15)))
struct FakeServerTests {
    private func hasty(_ server: FakeServer, _ timeout: Duration) -> AMQPConfiguration {
        var configuration = patient(server.port)
        configuration.connectTimeout = timeout
        return configuration
    }

    /// The error of a call that gets no answer. A busy machine may not even have written it in time: then it is made
    /// again with more time.
    private func expiry(of call: (Duration) async throws -> Void) async -> AMQPError? {
        for turn in 0..<6 {
            let error = await error { try await call(.milliseconds(200 << turn)) }
            if error?.code != .unreachable { return error }
        }
        return nil
    }

    @Test("a server that never answers the handshake is unreachable, at each step")
    func silentHandshake() async throws {
        for step in ["connection.start-ok", "connection.open"] {
            try await FakeServer.run {
                "\($0.id)" == step ? .silence : nil
            } _: { server in
                let error = await error { _ = try await AMQPConnection.connect(hasty(server, .milliseconds(300))) }
                #expect(error?.code == .unreachable)
                #expect(error?.message.contains("127.0.0.1:\(server.port)") == true, "it says where")
            }
        }
    }

    @Test("a server that hangs up on the login, or speaks something else, is left with an error")
    func noAMQP() async throws {
        try await FakeServer.run {
            "\($0.id)" == "connection.start-ok" ? .hangUp : nil
        } _: { server in
            let error = await error { _ = try await AMQPConnection.connect(hasty(server, .seconds(30))) }
            #expect(error?.code == .unreachable && error?.message.contains("password") == true)
        }
        for words in ["HTTP/1.1 400 Bad Request\r\n\r\n", "\u{15}\u{3}\u{1}\0\u{2}\u{2}("] {
            try await FakeServer.run {
                "\($0.id)" == "connection.start-ok" ? .bytes(Array(words.utf8)) : nil
            } _: { server in
                let error = await error { _ = try await AMQPConnection.connect(hasty(server, .seconds(30))) }
                #expect(error?.code == .protocolViolation)
            }
        }
    }

    @Test("a cancelled connect throws")
    func cancelledConnect() async throws {
        try await FakeServer.run {
            "\($0.id)" == "connection.start-ok" ? .silence : nil
        } _: { server in
            let connecting = Task { try await AMQPConnection.connect(hasty(server, .seconds(60))) }
            try await wait { server.count(of: "connection.start-ok") == 1 }
            connecting.cancel()
            await #expect(throws: CancellationError.self) { try await connecting.value }
        }
    }

    @Test("a call without an answer fails at its deadline, and its late answer is nobody else's")
    func deadline() async throws {
        try await FakeServer.run {
            switch $0 {
            case .queue(.purge("late")): .silence
            case .queue(.purge): .answer([.queue(.purgeOk(messages: 1)), .queue(.purgeOk(messages: 2))])
            default: nil
            }
        } _: { server in
            try await withConnection(patient(server.port)) { connection in
                let channel = try await connection.openChannel()
                let late = await expiry { try await channel.purgeQueue("late", deadline: $0) }
                #expect(late?.code == .deadlineExceeded && late?.mayHaveBeenDone == true)
                #expect(late?.message.contains("queue.purge") == true)
                #expect(try await channel.purgeQueue("next") == 2)
            }
        }
    }

    @Test("publishes without a confirm fail at their deadline")
    func unconfirmed() async throws {
        try await FakeServer.run { server in
            try await withConnection(patient(server.port)) { connection in
                let channel = try await connection.openChannel()
                let messages = ["first", "second"].map { AMQPMessage(routingKey: $0) }
                let single = await expiry { try await channel.publish(messages[0], deadline: $0) }
                let batch = await expiry {
                    for outcome in try await channel.publish(messages, deadline: $0) { try outcome.get() }
                }
                #expect(batch?.code == .deadlineExceeded)
                #expect(single?.code == .deadlineExceeded && single?.message.contains("first") == true)
            }
        }
    }

    @Test("what arrives for a call that was given up is given back")
    func lateDelivery() async throws {
        try await FakeServer.run {
            switch $0 {
            case .basic(.get), .basic(.qos), .basic(.consume): .silence
            case .queue(.purge):
                // The late answers to both, then this one.
                .bytes(Self.lateAnswers)
            default: nil
            }
        } _: { server in
            try await withConnection(patient(server.port)) { connection in
                let channel = try await connection.openChannel()
                let get = Task { try await channel.get("q") }
                try await wait { server.count(of: "basic.get") == 1 }
                get.cancel()
                await #expect(throws: CancellationError.self) { try await get.value }
                let consume = Task { try await channel.consume("q", prefetch: 1, tag: "t") }
                try await wait { server.count(of: "basic.consume") == 1 }
                consume.cancel()
                await #expect(throws: CancellationError.self) { try await consume.value }
                #expect(try await channel.purgeQueue("q") == 7)
                try await wait { server.count(of: "basic.reject") == 2 }
                let rejected = server.journal.methodsSoFar.filter { "\($0.id)" == "basic.reject" }
                #expect(rejected == [1, 2].map { .basic(.reject(tag: $0, isRequeued: true)) })
                #expect(server.count(of: "basic.cancel") == 1)
            }
        }
    }

    private static let lateAnswers: [UInt8] = {
        var talk = ByteBuffer()
        func say(_ method: BasicMethod, hasContent: Bool) throws {
            try talk.write(.basic(method), channel: 1, limit: 4096)
            guard hasContent else { return }
            try talk.writeFrame(.header, channel: 1, limit: 4096) { (buffer) throws(AMQPViolation) in
                try ContentHeader(bodySize: 0, properties: AMQPProperties()).write(to: &buffer)
            }
        }
        do {
            try say(.getOk(tag: 1, isRedelivered: false, exchange: "", routingKey: "q", messages: 1), hasContent: true)
            try say(.qosOk, hasContent: false)
            try say(.consumeOk(consumerTag: "t"), hasContent: false)
            try say(
                .deliver(consumerTag: "t", tag: 2, isRedelivered: false, exchange: "", routingKey: "q"),
                hasContent: true)
            try talk.write(.queue(.purgeOk(messages: 7)), channel: 1, limit: 4096)
        } catch {
            return []
        }
        return Array(talk.readableBytesView)
    }()

    @Test("a lost connection fails what is open as in doubt, and what comes after as not sent")
    func lost() async throws {
        try await FakeServer.run {
            if case .basic(.publish) = $0 { .hangUp } else { nil }
        } _: { server in
            let connection = try await AMQPConnection.connect(patient(server.port))
            let channel = try await connection.openChannel()
            let during = await error { try await channel.publish(AMQPMessage(routingKey: "q")) }
            #expect(during?.code == .connectionLost && during?.mayHaveBeenDone == true)
            #expect(try await connection.waitUntilClosed().code == .connectionLost)
            #expect(try await channel.waitUntilClosed().code == .connectionLost)
            let after = await error { try await channel.publish(AMQPMessage(routingKey: "q")) }
            #expect(after?.code == .channelClosed && after?.mayHaveBeenDone == false)
            #expect(await error { _ = try await connection.openChannel() }?.code == .unreachable)
            await connection.close()
        }
    }

    @Test("a server that reads nothing: calls that were not written are surely not done")
    func unreadable() async throws {
        try await FakeServer.run {
            if case .confirm(.select) = $0 { .answerLast(.confirm(.selectOk)) } else { nil }
        } _: { server in
            var configuration = patient(server.port)
            configuration.deadline = .seconds(1)
            let connection = try await AMQPConnection.connect(configuration)
            let channel = try await connection.openChannel(deadline: .seconds(60))
            let large = AMQPMessage(routingKey: "q", body: [UInt8](repeating: 1, count: 32 << 20))
            let first = await error { try await channel.publish(large) }
            #expect(first?.code == .deadlineExceeded || first?.code == .unreachable)
            let second = await error { try await channel.publish(large) }
            #expect(second?.code == .unreachable && second?.mayHaveBeenDone == false)
            await connection.close()
        }
    }

    @Test("a closed connection fails what is open and what comes after; a second close does nothing")
    func close() async throws {
        try await FakeServer.run { server in
            let connection = try await AMQPConnection.connect(patient(server.port))
            let channel = try await connection.openChannel()
            async let pending = error { try await channel.purgeQueue("q") }
            try await wait { server.count(of: "queue.purge") == 1 }
            await connection.close()
            await connection.close()
            #expect(await pending?.code == .closed)
            #expect(await error { try await channel.purgeQueue("q") }?.code == .closed)
            #expect(await error { _ = try await connection.openChannel() }?.code == .closed)
            #expect(connection.closure?.code == .closed && channel.closure?.code == .closed)
            try await channel.close()
        }
    }

    @Test("a connection that nobody holds is closed")
    func dropped() async throws {
        try await FakeServer.run { server in
            do {
                let connection = try await AMQPConnection.connect(patient(server.port))
                _ = try await connection.openChannel()
            }
            try await wait { server.count(of: "connection.close") == 1 }
        }
    }

    @Test("bytes that are no AMQP end the connection; the server learns why")
    func violation() async throws {
        try await FakeServer.run {
            if case .queue(.purge) = $0 { .bytes([1, 0, 1, 0, 0, 0, 4, 0, 99, 0, 1, 0xCE]) } else { nil }
        } _: { server in
            let connection = try await AMQPConnection.connect(patient(server.port))
            let channel = try await connection.openChannel()
            let error = await error { try await channel.purgeQueue("q") }
            #expect(error?.code == .protocolViolation)
            try await wait { server.count(of: "connection.close") == 1 }
            guard case .connection(.close(let closing))? = server.journal.methodsSoFar.last else { return }
            #expect(closing.code == 540)
        }
    }

    @Test("calls that cannot be written fail at once, and nothing else does")
    func invalid() async throws {
        try await FakeServer.run {
            if case .queue(.purge) = $0 { .answer([.queue(.purgeOk(messages: 0))]) } else { nil }
        } _: { server in
            try await withConnection(patient(server.port)) { connection in
                let channel = try await connection.openChannel()
                for name in ["a\0b", String(repeating: "n", count: 256)] {
                    #expect(await error { try await channel.declareQueue(name) }?.code == .invalid)
                    let publish = await error { try await channel.publish(AMQPMessage(routingKey: name)) }
                    #expect(publish?.code == .invalid)
                    #expect(
                        await error { _ = try await channel.consume("q", prefetch: 1, tag: name) }?.code == .invalid)
                }
                #expect(await error { _ = try await channel.consume("q", prefetch: 0) }?.code == .invalid)
                #expect(await error { _ = try await channel.consume("q", prefetch: 65_536) }?.code == .invalid)
                #expect(try await channel.purgeQueue("q") == 0)
            }
        }
    }
}
