import CeleriacCore
import CeleriacTesting
import CeleriacWire
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRedis

@Suite("Events through Redis", .oneServer, .timeLimit(.minutes(15)))
struct EventTests {
    @Test("Celery's receiver hears a Swift worker", .enabled(if: Python.isThere))
    func pythonListens() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inRealTime(prefix: prefix)
        let script = """
            seen = []
            def on_event(event):
                seen.append([event['type'], event['hostname'], event.get('uuid'), event['clock']])
                if len(seen) == 3:
                    raise SystemExit(print(json.dumps(seen)))
            with app.connection_for_read() as connection:
                app.events.Receiver(connection, handlers={'*': on_event}).capture(limit=None, timeout=30, wakeup=False)
            """
        async let output = Python.run(script, prefix: prefix)
        let now = Date()
        let online = MonitorEvent(.workerOnline, from: "swift@host", pid: 1, clock: 1, at: now, fields: ["freq": 2.0])
        let first = try #require(EventMessage.encode([online]).first)
        // Only the server says when somebody listens: by how many it reached.
        let publish = RESPCommand("PUBLISH", store.keys.channel("celeryev", key: first.routingKey), first.kombuText)
        while try await store.send(publish).integer == 0 { try await Pause.briefly() }
        try await store.emit([
            MonitorEvent(.taskReceived, from: "swift@host", pid: 1, clock: 2, at: now, fields: ["uuid": "a"]),
            MonitorEvent(.taskStarted, from: "swift@host", pid: 1, clock: 3, at: now, fields: ["uuid": "a"]),
        ])
        let seen = try JSONValue(parsing: try await output)
        // A receiver lets its own clock run with theirs.
        #expect(seen.arrayValue?.map { $0[0] } == ["worker-online", "task-received", "task-started"])
        #expect(seen.arrayValue?.map { $0[1] } == ["swift@host", "swift@host", "swift@host"])
        #expect(seen.arrayValue?.map { $0[2] } == [.null, "a", "a"])
        await store.close()
    }

    @Test("Swift hears Celery's dispatcher", .enabled(if: Python.isThere))
    func swiftListens() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inRealTime(prefix: prefix)
        let (listening, heard) = (Heard<Void>(), Heard<MonitorEvent>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.receiveEvents(isListening: { listening.hear(()) }) { events in
                    for event in events { heard.hear(event) }
                }
            }
            _ = await listening.next()
            let script = """
                with app.events.default_dispatcher() as dispatcher:
                    dispatcher.send('worker-online', freq=2.0)
                    dispatcher.send('task-failed', uuid='a', exception="ValueError('x')")
                """
            _ = try await Python.run(script, prefix: prefix)
            #expect(await heard.next()?.kind == .workerOnline)
            let failed = await heard.next()
            #expect(failed?.kind == .taskFailed)
            #expect(failed?.taskID == "a")
            #expect(failed?.fields["exception"] == "ValueError('x')")
            group.cancelAll()
        }
        await store.close()
    }

    @Test("what cannot be read is passed over", arguments: ["", "{", "[]", #"{"body":7}"#])
    func malformed(text: String) async throws {
        let store = try Stores.inRealTime(prefix: Stores.prefix())
        let (listening, heard) = (Heard<Void>(), Heard<MonitorEvent>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.receiveEvents(isListening: { listening.hear(()) }) { events in
                    for event in events { heard.hear(event) }
                }
            }
            _ = await listening.next()
            _ = try await store.send(RESPCommand("PUBLISH", store.keys.channel("celeryev", key: "task.multi"), text))
            try await store.emit([MonitorEvent(.workerOffline, from: "a@host", pid: 1, clock: 7, at: Date())])
            #expect(await heard.next()?.clock == 7)
            group.cancelAll()
        }
        await store.close()
    }

    @Test("a prefix that reads as a pattern is none")
    func hostilePrefix() async throws {
        let prefix = "[a*]?\\"
        let (store, other) = (try Stores.inRealTime(prefix: prefix), try Stores.inRealTime(prefix: "aXb"))
        let (listening, heard) = (Heard<Void>(), Heard<MonitorEvent>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.receiveEvents(isListening: { listening.hear(()) }) { events in
                    for event in events { heard.hear(event) }
                }
            }
            _ = await listening.next()
            try await other.emit([MonitorEvent(.workerOffline, from: "a@host", pid: 1, clock: 1, at: Date())])
            try await store.emit([MonitorEvent(.workerOffline, from: "a@host", pid: 1, clock: 2, at: Date())])
            #expect(await heard.next()?.clock == 2)
            group.cancelAll()
        }
        await store.close()
        await other.close()
    }
}
