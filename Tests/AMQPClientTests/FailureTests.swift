import AMQPClient
import RabbitMQUnderTest
import RedisUnderTest
import Synchronization
import Testing

@Suite(
    "when RabbitMQ fails", .serialized,
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"), .timeLimit(.minutes(15)))
struct FailureTests {
    /// The texts of messages that were confirmed, or whose publish ended in doubt.
    private final class Ledger: Sendable {
        private let texts = Mutex<(confirmed: Set<String>, doubtful: Set<String>)>(([], []))
        var confirmed: Set<String> { texts.withLock { $0.confirmed } }
        var doubtful: Set<String> { texts.withLock { $0.doubtful } }
        func confirm(_ text: String) { texts.withLock { _ = $0.confirmed.insert(text) } }
        func doubt(_ text: String) { texts.withLock { _ = $0.doubtful.insert(text) } }
    }

    @Test("a memory alarm, a frozen server, an operator's close, and SIGKILL under publishes")
    func everything() async throws {
        try await RabbitMQServer.run { server in
            try await memoryAlarm(server)
            try await frozen(server)
            try await operatorCloses(server)
            try await killed(server)
        }
    }

    /// While memory is short, publishes fail at once and say why; one that met the alarm is in doubt.
    private func memoryAlarm(_ server: RabbitMQServer) async throws {
        try await withConnection(server.configuration) { connection in
            let channel = try await connection.openChannel()
            try await channel.declareQueue("alarm")
            try await channel.publish(AMQPMessage(to: "alarm", "before"))
            try await server.control("set_vm_memory_high_watermark", "0.000001")
            var (confirmed, doubtful) = (1, 0)
            while connection.blocked == nil {
                let met = await error {
                    try await channel.publish(AMQPMessage(to: "alarm", "met"), deadline: .seconds(2))
                }
                if met == nil { confirmed += 1 } else if met?.mayHaveBeenDone == true { doubtful += 1 }
            }
            let during = await error { try await channel.publish(AMQPMessage(to: "alarm", "during")) }
            #expect(during?.code == .blocked && during?.mayHaveBeenDone == false)
            #expect(during?.message.contains("memory") == true, "it says why")
            try await server.control("set_vm_memory_high_watermark", "0.6")
            try await wait { connection.blocked == nil }
            try await channel.publish(AMQPMessage(to: "alarm", "after"))
            let count = try await channel.checkQueue("alarm").messages
            #expect((confirmed + 1...confirmed + doubtful + 1).contains(count))
        }
    }

    /// A server that is stopped in its tracks is given up after two heartbeats; a call fails at its deadline before.
    private func frozen(_ server: RabbitMQServer) async throws {
        var configuration = server.configuration
        configuration.heartbeat = .seconds(1)
        let connection = try await AMQPConnection.connect(configuration)
        #expect(connection.heartbeat == .seconds(1))
        let channel = try await connection.openChannel()
        try await channel.declareQueue("frozen")
        try await server.freeze()
        let late = await error {
            try await channel.publish(AMQPMessage(to: "frozen", "x"), deadline: .milliseconds(500))
        }
        // A busy machine may look at the clock so late that the connection is given up as well, or was before.
        #expect(late?.mayHaveBeenDone == true || late?.code == .connectionLost)
        #expect(try await connection.waitUntilClosed().code == .connectionLost)
        server.thaw()
        try await withConnection(configuration) { again in
            let state = try await again.openChannel().checkQueue("frozen")
            #expect(state.messages <= 1)
        }
    }

    private func operatorCloses(_ server: RabbitMQServer) async throws {
        let connection = try await AMQPConnection.connect(server.configuration)
        let channel = try await connection.openChannel()
        try await channel.declareQueue("closed")
        let consumer = try await channel.consume("closed", prefetch: 1)
        async let end = error { _ = try await consumer.nextBatch() }
        try await server.control("close_all_connections", "maintenance")
        let closure = try await connection.waitUntilClosed()
        #expect(closure.code == .server && closure.server?.code == 320 && closure.isTransient)
        #expect(closure.message.contains("maintenance"), "it says what the operator said")
        #expect(await end?.code == .connectionLost)
    }

    /// No message whose publish returned is missing from a durable queue after SIGKILL and a restart.
    private func killed(_ server: RabbitMQServer) async throws {
        let ledger = Ledger()
        let connection = try await AMQPConnection.connect(server.configuration)
        let channel = try await connection.openChannel()
        try await channel.declareQueue("killed")
        // RabbitMQ 3.10 answers a declaration before it is on disk: a queue that is declared within the last seconds
        // before a SIGKILL is gone, with its confirmed messages.
        try await server.sync()
        await withTaskGroup { group in
            for task in 0..<16 {
                group.addTask {
                    for turn in 0..<100_000 where await !publish("\(task).\(turn)", channel, ledger) { return }
                }
            }
            group.addTask {
                try? await wait { ledger.confirmed.count > 1000 }
                try? await server.kill()
            }
        }
        #expect(ledger.confirmed.count > 1000 && ledger.doubtful.count <= 16)
        try await server.start()
        try await withConnection(server.configuration) { again in
            let channel = try await again.openChannel()
            let count = try await channel.checkQueue("killed").messages
            #expect(count >= ledger.confirmed.count)
            let consumer = try await channel.consume("killed", prefetch: 1000)
            let texts = Set(try await consumer.take(count, on: channel))
            #expect(ledger.confirmed.subtracting(texts).isEmpty, "none that returned is missing")
            #expect(texts.subtracting(ledger.confirmed).isSubset(of: ledger.doubtful), "every other one is in doubt")
        }
    }

    /// - Returns: whether to go on.
    private func publish(_ text: String, _ channel: AMQPChannel, _ ledger: Ledger) async -> Bool {
        let failure = await error { try await channel.publish(AMQPMessage(to: "killed", text)) }
        guard let failure else {
            ledger.confirm(text)
            return true
        }
        if failure.mayHaveBeenDone { ledger.doubt(text) }
        return false
    }
}

extension AMQPConsumer {
    /// The texts of the next deliveries, which are acknowledged.
    fileprivate func take(_ count: Int, on channel: AMQPChannel) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count {
            let batch = try await nextBatch()
            texts += batch.map(\.text)
            if let last = batch.last { try channel.ack(last, isMultiple: true) }
        }
        return texts
    }
}
