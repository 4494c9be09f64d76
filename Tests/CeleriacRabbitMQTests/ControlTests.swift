import AMQPClient
import CeleriacCore
import CeleriacTesting
import RabbitMQUnderTest
import RedisUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "Remote control through RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15)))
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
                try await channel.declare(.replies)
                try await channel.bindQueue("victim", to: "reply.celery.pidbox", routingKey: "victim")
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
                let large = [String(repeating: "[", count: 100_000), String(repeating: " ", count: 17 << 20)]
                for text in ["", "{", "[]", "{}", "\u{0}\u{1}"] + large {
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
}

extension RabbitMQStore {
    fileprivate func withListener(_ name: String, _ body: () async throws -> Void) async throws {
        let listening = Heard<Void>()
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

    fileprivate func queues() async throws -> String {
        try await RabbitMQServer.shared().control("list_queues", "-p", configuration.virtualHost, "name")
    }
}
