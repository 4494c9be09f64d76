import AMQPClient
import CeleriacCore
import RabbitMQUnderTest
import RedisUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "Remote control through RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(2)))
struct ControlTests {
    @Test("the server lists the queues and exchanges as it lists Celery's")
    func topology() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withListener("w1@worker1") {
                let server = try await RabbitMQServer.shared()
                let host = store.configuration.virtualHost
                let queues = try await server.control(
                    "list_queues", "-p", host, "--no-table-headers", "name", "durable", "auto_delete", "exclusive",
                    "arguments")
                #expect(queues.contains("w1@worker1.celery.pidbox\tfalse\ttrue\ttrue\t"))
                #expect(queues.split(separator: "\n").filter { $0.contains("pidbox") }.count == 1)
                #expect(queues.contains("{\"x-expires\",10000}") && queues.contains("{\"x-message-ttl\",300000}"))
                #expect(queues.contains("{\"x-expires\",60000}") && queues.contains("{\"x-message-ttl\",5000}"))
                let bindings = try await server.control(
                    "list_bindings", "-p", host, "--no-table-headers", "source_name", "destination_name", "routing_key")
                #expect(bindings.contains("celery.pidbox\tw1@worker1.celery.pidbox\t\n"))
                #expect(bindings.contains("celeryev\tceleryev."))
                #expect(bindings.contains("\tworker.#"))
                let exchanges = try await server.control(
                    "list_exchanges", "-p", host, "--no-table-headers", "name", "type", "durable", "auto_delete")
                #expect(exchanges.contains("celery.pidbox\tfanout\tfalse\tfalse"))
                #expect(exchanges.contains("celeryev\ttopic\ttrue\tfalse"))
            }
        }
    }

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
                    #expect(error?.code == .refused)
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

    @Test("a reply to a caller that has gone is no error, and the next command is answered")
    func callerGone() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { _, heard in
                try await store.sendRaw(
                    #"{"method":"ping","arguments":{},"ticket":"T","reply_to":{"exchange":"reply.celery.pidbox","routing_key":"gone"}}"#
                )
                #expect(await heard.next()?.name == "ping")
                let channel = try await store.monitoring.control.value()
                #expect(try await store.ping("swift@host") == [["ok": "pong"]])
                #expect(channel.closure == nil)
            }
        }
    }

    @Test("a reply goes through the exchange of replies alone", arguments: ["", "celery", "celeryev", "unknown"])
    func repliesElsewhere(exchange: String) async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { _, heard in
                let channel = try await store.publishing.openChannel()
                try await channel.declareQueue("victim", isDurable: false, isAutoDelete: true)
                try await store.sendRaw(
                    #"{"method":"ping","arguments":{},"ticket":"T","reply_to":{"exchange":"\#(exchange)","routing_key":"victim"}}"#
                )
                #expect(await heard.next()?.name == "ping")
                // Commands are answered one by one: once this one is, so was that.
                #expect(try await store.ping("swift@host") == [["ok": "pong"]])
                #expect(try await channel.checkQueue("victim").messages == 0)
                try await channel.deleteQueue("victim")
            }
        }
    }

    @Test("what cannot be read is passed over, and the next command is answered")
    func malformed() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { _, _ in
                for text in ["", "{", "[]", "{}", "\u{0}\u{1}", String(repeating: "[", count: 100_000)] {
                    try await store.sendRaw(text)
                }
                try await store.sendRaw(#"{"method":"ping"}"#, contentType: "application/x-python-serialize")
                #expect(try await store.ping("swift@host") == [["ok": "pong"]])
            }
        }
    }

    @Test("nothing of a question is left behind, answered, unanswered or cancelled")
    func leavesNothing() async throws {
        try await VirtualHosts.withStore { store in
            _ = try await store.ping("nobody@host", timeout: .milliseconds(50))
            let question = Task { try await store.ping("nobody@host", timeout: .seconds(60)) }
            while try await !store.queues().contains(".reply.celery.pidbox") { try await Pause.briefly() }
            question.cancel()
            await #expect(throws: CancellationError.self) { try await question.value }
            while try await store.queues().contains(".reply.celery.pidbox") { try await Pause.briefly() }
        }
    }

    @Test("closing the store ends the call")
    func closed() async throws {
        try await VirtualHosts.withStore { store in
            let second = RabbitMQStore(store.configuration, logger: .quiet)
            let listening = ControlHearing<Void>()
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
    fileprivate func withListener(_ name: String, _ body: () async throws -> Void) async throws {
        let listening = ControlHearing<Void>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                try await serve(as: name, hearing: { _ in }, isListening: { listening.hear(()) }) { _ in .silence }
            }
            _ = await listening.next()
            try await body()
            group.cancelAll()
        }
    }

    /// Sends bytes as a command, as somebody else might.
    fileprivate func sendRaw(_ body: String, contentType: String = "application/json") async throws {
        let channel = try await publishing.openChannel()
        try await channel.publish(
            AMQPMessage(
                exchange: "celery.pidbox", routingKey: "", properties: AMQPProperties(contentType: contentType),
                body: Array(body.utf8)))
    }

    /// The store's own connection may be among those that were closed, which the next call may find out first.
    fileprivate func pingPatiently(_ node: String) async throws -> [JSONValue] {
        while true {
            do { return try await ping(node) } catch let error as BrokerError where error.isTransient {
                try await Pause.briefly()
            }
        }
    }

    fileprivate func queues() async throws -> String {
        try await RabbitMQServer.shared().control("list_queues", "-p", configuration.virtualHost, "name")
    }
}
