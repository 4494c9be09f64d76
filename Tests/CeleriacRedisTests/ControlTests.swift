import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRedis

@Suite("Remote control through Redis", .oneServer, .timeLimit(.minutes(15)))
struct ControlTests {
    @Test("celery inspect ping is answered by a Swift node", .enabled(if: Python.isThere))
    func pythonAsks() async throws {
        try await withNode("swift@host") { prefix, _ in
            let script = """
                print(json.dumps(app.control.inspect(['swift@host'], timeout=10).ping()))
                """
            let replies = try JSONValue(parsing: try await Python.run(script, prefix: prefix))
            #expect(replies == ["swift@host": ["ok": "pong"]])
        }
    }

    @Test("celery control reaches a Swift node by pattern, with its arguments", .enabled(if: Python.isThere))
    func pythonTells() async throws {
        try await withNode("swift@host") { prefix, heard in
            let script = """
                app.control.rate_limit('tasks.add', '10/m', destination=['other@host'])
                app.control.broadcast('rate_limit', pattern='swift@*', matcher='glob',
                                      arguments={'task_name': 'tasks.add', 'rate_limit': '10/m'})
                """
            _ = try await Python.run(script, prefix: prefix)
            let command = await heard.next()
            #expect(command?.name == "rate_limit")
            #expect(command?.arguments == ["task_name": "tasks.add", "rate_limit": "10/m"])
            #expect(command?.pattern == .init("swift@*"))
        }
    }

    @Test("a Python worker answers Swift", .enabled(if: Python.isThere))
    func swiftAsks() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inRealTime(prefix: prefix)
        let worker = "app.worker_main(['worker', '-P', 'solo', '-n', 'py@host', '-l', 'ERROR', '--without-heartbeat'])"
        try await Python.running(worker, prefix: prefix) {
            var replies: [ControlReply] = []
            while replies.isEmpty {
                replies = try await store.ask(ControlCommand("ping", to: ["py@host"]), timeout: .milliseconds(500))
            }
            #expect(replies == [ControlReply(node: "py@host", value: ["ok": "pong"])])
            let answer = try await store.ask(ControlCommand("no_such_command", to: ["py@host"]), timeout: .seconds(10))
            #expect(answer.first?.value == ["error": "KeyError('no_such_command')"])
        }
        await store.close()
    }

    @Test("what cannot be read is passed over, and the next command is answered")
    func malformed() async throws {
        try await withNode("swift@host") { prefix, _ in
            let store = try Stores.inRealTime(prefix: prefix)
            for text in ["", "{", "[]", #"{"body":"W10=","properties":{"body_encoding":"base64"}}"#, "\u{0}\u{1}"] {
                _ = try await store.send(RESPCommand("PUBLISH", store.keys.channel("celery.pidbox"), text))
            }
            let replies = try await store.ask(ControlCommand("ping", to: ["swift@host"]), timeout: .seconds(10))
            #expect(replies.map(\.value) == [["ok": "pong"]])
            await store.close()
        }
    }

    @Test(
        "a reply goes into a reply queue alone: a queue of tasks gets nothing, and no expiry",
        arguments: [("celery", "celery"), ("reply.celery.pidbox", "celery"), ("", "celery"), ("celeryev", "celery")])
    func repliesElsewhere(exchange: String, key: String) async throws {
        try await withNode("swift@host") { prefix, heard in
            let store = try Stores.inRealTime(prefix: prefix)
            try await store.publish([.sample("waits")])
            for exchange in Set([exchange, "reply.celery.pidbox", "celeryev"]) {
                try await store.raw(
                    "SADD", store.keys.binding(exchange), "\(key)\u{6}\u{16}\u{6}\u{16}celery",
                    "\(key)\u{6}\u{16}\u{6}\u{16}.reply.celery.pidbox")
            }
            let before = try await store.raw("KEYS", "\(prefix)*").texts.sorted()
            let replyTo = #"{"exchange":"\#(exchange)","routing_key":"\#(key)"}"#
            let body = #"{"method":"ping","arguments":{},"ticket":"T","reply_to":\#(replyTo)}"#
            let text =
                #"{"body":"\#(Data(body.utf8).base64EncodedString())","content-type":"application/json","#
                + #""content-encoding":"utf-8","headers":{},"properties":{"body_encoding":"base64","delivery_tag":"t"}}"#
            try await store.raw("PUBLISH", store.keys.channel("celery.pidbox"), text)
            #expect(await heard.next()?.name == "ping")
            // Commands are answered one by one: once this one is, so was that.
            let replies = try await store.ask(ControlCommand("ping", to: ["swift@host"]), timeout: .seconds(10))
            #expect(replies.map(\.value) == [["ok": "pong"]])
            #expect(try await store.raw("TTL", store.keys.list(.default, step: 0)).integer == -1)
            #expect(try await store.counts(of: .default).ready == 1)
            let after = try await store.raw("KEYS", "\(prefix)*").texts.filter { !$0.hasSuffix("binding_deadlines") }
            #expect(after.sorted() == before)
            await store.close()
        }
    }

    @Test("nothing of a question is left behind, and a late reply finds nobody")
    func leavesNothing() async throws {
        try await withNode("swift@host") { prefix, _ in
            let store = try Stores.inRealTime(prefix: prefix)
            _ = try await store.ask(ControlCommand("ping", to: ["swift@host"]), timeout: .seconds(10))
            _ = try await store.ask(ControlCommand("ping", to: ["nobody@host"]), timeout: .milliseconds(50))
            let late = ControlQuestion(ControlCommand("ping"), asking: store)
            let binding = store.keys.binding("reply.celery.pidbox")
            let words: RESPWords = [late.replyKey, store.keys.separator, prefix, "late", ".reply.celery.pidbox"]
            _ = try await store.run(Scripts.reply, keys: [binding], words)
            let left = try await store.send(RESPCommand("KEYS", "\(prefix)*reply.celery.pidbox*"))
            #expect(left.texts == [])
            await store.close()
        }
    }

    @Test("a cancelled question leaves nothing behind either")
    func cancelled() async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inRealTime(prefix: prefix)
        let question = Task { try await store.ask(ControlCommand("ping"), timeout: .seconds(60)) }
        while try await store.send(RESPCommand("KEYS", "\(prefix)_kombu.binding.*")).texts.isEmpty {
            try await Pause.briefly()
        }
        question.cancel()
        await #expect(throws: CancellationError.self) { try await question.value }
        #expect(try await store.send(RESPCommand("KEYS", "\(prefix)*reply.celery.pidbox*")).texts == [])
        await store.close()
    }

    /// Lets a node serve for the scope of `body`, which gets its prefix and what it hears.
    private func withNode(
        _ name: String, _ body: (_ prefix: String, Heard<ControlCommand>) async throws -> Void
    ) async throws {
        let prefix = Stores.prefix()
        let store = try Stores.inRealTime(prefix: prefix)
        let (listening, heard) = (Heard<Void>(), Heard<ControlCommand>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.serve(as: name, isListening: { listening.hear(()) }) { command in
                    heard.hear(command)
                    return .reply(["ok": "pong"])
                }
            }
            _ = await listening.next()
            try await body(prefix, heard)
            group.cancelAll()
        }
        await store.close()
    }
}
