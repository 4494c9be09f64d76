import AMQPClient
import CeleriacCore
import CeleriacTesting
import Logging
import RabbitMQUnderTest
import RedisUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "The connection of a node's remote control",
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"), .timeLimit(.minutes(15)))
struct ControlConnectionTests {
    @Test("an operator closes all connections: the node listens again, and answers")
    func closedByOperator() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { listening, _ in
                #expect(try await store.ping("swift@host") == [["ok": "pong"]])
                for _ in 0..<2 {
                    try await store.closeAllConnections()
                    _ = await listening.next()
                    #expect(try await store.pingPatiently("swift@host") == [["ok": "pong"]])
                }
            }
        }
    }

    @Test("a second node of one name is refused, with what to do, and the first one goes on")
    func secondNode() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { _, _ in
                let second = RabbitMQStore(store.configuration, logger: .quiet)
                for other in [store, second] {
                    let error = await #expect(throws: BrokerError.self) {
                        try await other.serve(as: "swift@host", isListening: {}) { _ in .silence }
                    }
                    #expect(error?.code == .nameTaken)
                    #expect(error?.message.contains("swift@host") == true)
                    #expect(error?.message.contains("give each worker a name of its own") == true)
                }
                await second.close()
                let replies = try await store.ping("swift@host")
                #expect(replies == [["ok": "pong"]])
            }
            // The name is free as soon as the call has returned.
            try await store.withNode("swift@host") { _, _ in
                let replies = try await store.ping("swift@host")
                #expect(replies == [["ok": "pong"]])
            }
        }
    }

    @Test("after a lost connection the node waits until the server has given up its old queue")
    func heldQueue() async throws {
        try await VirtualHosts.withStore { store in
            let lines = LogLines(from: .debug)
            let second = RabbitMQStore(store.configuration, logger: lines.logger)
            let (listening, entered, leave) = (Heard<Void>(), Heard<Void>(), Heard<Void>())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await second.serve(as: "swift@host", isListening: { listening.hear(()) }) { _ in
                        entered.hear(())
                        _ = await leave.next()
                        return .reply(["ok": "pong"])
                    }
                }
                _ = await listening.next()
                try await store.broadcast(ControlCommand("wait"))
                _ = await entered.next()
                try await store.closeAllConnections()
                // While the node is busy, this connection stands in for the old one that the server has not given up.
                let old = try await AMQPConnection.connect(store.configuration)
                let consumer = try await old.openChannel().open(.commands(for: "swift@host"))
                leave.hear(())
                while !lines.lines.contains(where: { $0.contains("RESOURCE_LOCKED") }) { try await Pause.briefly() }
                try await consumer.cancel()
                await old.close()
                _ = await listening.next()
                for _ in 0..<3 { leave.hear(()) }
                #expect(try await store.pingPatiently("swift@host") == [["ok": "pong"]])
                group.cancelAll()
            }
            await second.close()
        }
    }

    @Test("closing the store ends the call")
    func closed() async throws {
        try await VirtualHosts.withStore { store in
            let second = RabbitMQStore(store.configuration, logger: .quiet)
            let listening = Heard<Void>()
            let call = Task {
                try await second.serve(as: "swift@host", isListening: { listening.hear(()) }) { _ in .silence }
            }
            _ = await listening.next()
            await second.close()
            let error = await #expect(throws: BrokerError.self) { try await call.value }
            #expect(error?.code == .closed)
            let again = await #expect(throws: BrokerError.self) {
                try await second.receiveEvents(isListening: {}) { _ in }
            }
            #expect(again?.code == .closed)
        }
    }
}

extension RabbitMQStore {
    /// The store's own connection may be among those that were closed, which the next call may find out first.
    fileprivate func pingPatiently(_ node: String) async throws -> [JSONValue] {
        while true {
            do { return try await ping(node) } catch let error as BrokerError where error.isTransient {
                try await Pause.briefly()
            }
        }
    }
}
