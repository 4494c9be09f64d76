import AMQPClient
import CeleriacCore
import CeleriacTesting
import CeleriacWire
import Foundation
import RabbitMQUnderTest
import RedisUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "Events through RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15)))
struct EventTests {
    private func started(_ clock: Int64) -> MonitorEvent {
        MonitorEvent(.taskStarted, from: "a@host", pid: 1, clock: clock, at: ManualTime.epoch, fields: ["uuid": "a"])
    }

    @Test("Celery's receiver hears a Swift worker", .enabled(if: ControlPeer.isThere))
    func pythonListens() async throws {
        try await VirtualHosts.withStore { store in
            let script = """
                seen = []
                def on_event(event):
                    seen.append([event['type'], event['hostname'], event.get('uuid'), event['clock']])
                    if len(seen) == 3:
                        raise SystemExit(print(json.dumps(seen)))
                with app.connection_for_read() as connection:
                    receiver = app.events.Receiver(connection, handlers={'*': on_event})
                    receiver.capture(limit=None, timeout=60, wakeup=False)
                """
            async let output = ControlPeer.run(script, store)
            let online = MonitorEvent(.workerOnline, from: "swift@host", pid: 1, clock: 1, at: Date())
            try await store.emitOnceHeard(online)
            try await store.emit([
                MonitorEvent(.taskReceived, from: "swift@host", pid: 1, clock: 2, at: Date(), fields: ["uuid": "a"]),
                MonitorEvent(.taskStarted, from: "swift@host", pid: 1, clock: 3, at: Date(), fields: ["uuid": "a"]),
            ])
            let seen = try JSONValue(parsing: try await output)
            #expect(seen.arrayValue?.map { $0[0] } == ["worker-online", "task-received", "task-started"])
            #expect(seen.arrayValue?.map { $0[1] } == ["swift@host", "swift@host", "swift@host"])
            #expect(seen.arrayValue?.map { $0[2] } == [.null, "a", "a"])
        }
    }

    @Test("Swift hears Celery's dispatcher", .enabled(if: ControlPeer.isThere))
    func swiftListens() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withWatcher { _, heard in
                let script = """
                    with app.events.default_dispatcher() as dispatcher:
                        dispatcher.send('worker-online', freq=2.0)
                        dispatcher.send('task-failed', uuid='a', exception="ValueError('x')")
                    """
                _ = try await ControlPeer.run(script, store)
                #expect(await heard.next()?.kind == .workerOnline)
                let failed = await heard.next()
                #expect(failed?.kind == .taskFailed && failed?.taskID == "a")
                #expect(failed?.fields["exception"] == "ValueError('x')")
            }
        }
    }

    @Test("an operator closes all connections: the watcher listens again, and events are sent again")
    func closedByOperator() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withWatcher { listening, heard in
                for clock in 1...2 {
                    try await store.emit([started(Int64(clock))])
                    #expect(await heard.next()?.clock == Int64(clock))
                    try await store.closeAllConnections()
                    _ = await listening.next()
                    // The first event may be lost with the channel; the worker sends it again.
                    while (try? await store.emit([started(0)])) == nil { try await Pause.briefly() }
                    #expect(await heard.next()?.clock == 0)
                }
            }
        }
    }

    @Test("somebody deletes the exchange: the next events fail, and it is declared for those that follow")
    func deletedExchange() async throws {
        try await VirtualHosts.withStore { store in
            try await store.emit([started(1)])
            let channel = try await store.publishing.openChannel()
            try await channel.deleteExchange("celeryev")
            await #expect(throws: BrokerError.self) { try await store.emit([started(2)]) }
            try await store.emit([started(3)])
            try await channel.checkExchange("celeryev")
        }
    }

    @Test("what cannot be read is passed over", arguments: ["", "{", "[]", "7", "{}", "[{}, 1]"])
    func malformed(text: String) async throws {
        try await VirtualHosts.withStore { store in
            try await store.withWatcher { _, heard in
                let channel = try await store.publishing.openChannel()
                for type in ["application/json", "text/plain", nil] {
                    try await channel.publish(
                        AMQPMessage(
                            exchange: "celeryev", routingKey: "task.multi",
                            properties: AMQPProperties(contentType: type), body: Array(text.utf8)))
                }
                try await store.emit([started(7)])
                #expect(await heard.next()?.clock == 7)
            }
        }
    }

    @Test("an event that AMQP cannot carry is dropped, and the others are sent")
    func unsendable() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withWatcher { _, heard in
                let kind = MonitorEvent.Kind(rawValue: "custom-" + String(repeating: "x", count: 300))
                let unsendable = MonitorEvent(kind, from: "a@host", pid: 1, clock: 1, at: ManualTime.epoch)
                try await store.emit([unsendable, started(2)])
                #expect(await heard.next()?.clock == 2)
            }
        }
    }

    @Test("more events than a watcher holds at once all arrive, in their order")
    func many() async throws {
        try await VirtualHosts.withStore { store in
            try await store.withWatcher { _, heard in
                for part in 0..<10 {
                    try await store.emit(
                        (0..<300).map { index in
                            let clock = Int64(part * 300 + index)
                            return MonitorEvent(.workerHeartbeat, from: "a@host", pid: 1, clock: clock, at: Date())
                        })
                }
                for clock in 0..<3000 { #expect(await heard.next()?.clock == Int64(clock)) }
            }
        }
    }

    @Test("while the server is short of memory events are refused with an error that passes, and watchers listen on")
    func blocked() async throws {
        try await RabbitMQServer.run { server in
            var configuration = AMQPConfiguration(hosts: [.init("127.0.0.1", port: server.port)])
            configuration.deadline = .seconds(2)
            let store = RabbitMQStore(configuration, logger: .quiet)
            try await store.withWatcher { _, heard in
                try await store.emit([started(1)])
                #expect(await heard.next()?.clock == 1)
                try await server.control("set_vm_memory_high_watermark", "absolute", "1")
                let error = await #expect(throws: BrokerError.self) {
                    while true { try await store.emit([started(2)]) }
                }
                #expect(error?.isTransient == true)
                try await server.control("set_vm_memory_high_watermark", "0.4")
                while (try? await store.emit([started(3)])) == nil { try await Pause.briefly() }
                while let event = await heard.next(), event.clock != 3 { #expect(event.clock == 2) }
            }
            await store.close()
        }
    }

    @Test("without a server events are refused with an error that passes")
    func unreachable() async throws {
        let port = try FreePort.next()
        let store = RabbitMQStore(AMQPConfiguration(hosts: [.init("127.0.0.1", port: port)]), logger: .quiet)
        let error = await #expect(throws: BrokerError.self) { try await store.emit([started(1)]) }
        #expect(error?.code == .unreachable && error?.isTransient == true)
        await store.close()
    }
}

extension RabbitMQStore {
    /// Sends an event again and again until a queue receives it.
    fileprivate func emitOnceHeard(_ event: MonitorEvent) async throws {
        var message = AMQPMessage(try #require(EventMessage.encode([event]).first))
        message.isMandatory = true
        while true {
            do { return try await monitoring.events.value().publish(message) } catch let error as AMQPError
                where error.code == .unroutable
            { try await Pause.briefly() }
        }
    }
}
