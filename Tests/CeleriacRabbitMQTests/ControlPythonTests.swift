import AMQPClient
import CeleriacCore
import CeleriacTesting
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "Remote control between Python and Swift through RabbitMQ",
    .enabled(if: RabbitMQServer.isExpected && ControlPeer.isThere, "rabbitmq-server or Celery is not installed"),
    .timeLimit(.minutes(15)))
struct ControlPythonTests {
    @Test("celery inspect ping is answered by a Swift node")
    func pythonAsks() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { _, _ in
                let script = "print(json.dumps(app.control.inspect(['swift@host'], timeout=30).ping()))"
                let replies = try JSONValue(parsing: try await ControlPeer.run(script, store))
                #expect(replies == ["swift@host": ["ok": "pong"]])
            }
        }
    }

    @Test("celery control reaches a Swift node by pattern, with its arguments")
    func pythonTells() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { _, heard in
                let script = """
                    app.control.rate_limit('tasks.add', '10/m', destination=['other@host'])
                    app.control.broadcast('rate_limit', pattern='swift@*', matcher='glob',
                                          arguments={'task_name': 'tasks.add', 'rate_limit': '10/m'})
                    """
                _ = try await ControlPeer.run(script, store)
                let command = await heard.next()
                #expect(command?.name == "rate_limit")
                #expect(command?.arguments == ["task_name": "tasks.add", "rate_limit": "10/m"])
                #expect(command?.pattern == .init("swift@*"))
            }
        }
    }

    @Test("a node of kombu's mailbox answers Swift, which has declared everything before it")
    func swiftAsks() async throws {
        try await VirtualHosts.withStore { store in
            try await store.broadcast(ControlCommand("ping"))
            #expect(try await store.ping("py@host", timeout: .milliseconds(50)).isEmpty)
            let node = """
                with app.connection_for_read() as connection:
                    mailbox = app.control.mailbox(connection)
                    node = mailbox.Node('py@host', channel=connection.default_channel)
                    @node.handler
                    def ping(state): return {'ok': 'pong'}
                    consumer = node.listen()
                    while True:
                        try: connection.drain_events(timeout=60)
                        except TimeoutError: pass
                """
            try await ControlPeer.running(node, store) {
                var replies: [ControlReply] = []
                while replies.isEmpty {
                    replies = try await store.ask(ControlCommand("ping", to: ["py@host"]), timeout: .milliseconds(500))
                }
                #expect(replies == [ControlReply(node: "py@host", value: ["ok": "pong"])])
                let answer = try await store.ask(
                    ControlCommand("no_such_command", to: ["py@host"]), timeout: .seconds(30))
                #expect(answer.first?.value == ["error": "KeyError('no_such_command')"])
            }
        }
    }

    @Test("a Python worker and a Swift node live on one virtual host and answer both")
    func beside() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withNode("swift@host") { _, _ in
                let worker = "app.worker_main(['worker', '-P', 'solo', '-n', 'py@host', '-l', 'ERROR'])"
                try await ControlPeer.running(worker, store) {
                    let both = ["py@host", "swift@host"]
                    var nodes: Set<String> = []
                    while nodes != Set(both) {
                        let replies = try await store.ask(ControlCommand("ping", to: both), timeout: .seconds(1))
                        nodes = Set(replies.map(\.node))
                    }
                }
                // The worker's queue of tasks outlives it.
                try await store.publishing.openChannel().deleteQueue("celery")
            }
        }
    }
}
