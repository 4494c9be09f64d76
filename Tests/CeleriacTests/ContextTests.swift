import Celeriac
import CeleriacCore
import CeleriacTesting
import Testing

@Suite("What a task knows of its call")
struct ContextTests {
    private static func facts(_ context: TaskContext) throws -> JSONValue {
        [
            "priority": .integer(Int64(context.priority.rawValue)),
            "wire": .integer(Int64(context.wirePriority)), "correlation": .string(context.correlationID),
            "reply": context.replyTo.map(JSONValue.string) ?? .null,
            "exchange": context.exchange.map(JSONValue.string) ?? .null,
            "key": .string(context.routingKey), "again": .bool(context.isRedelivered), "eager": .bool(context.isEager),
            "direct": .bool(TaskContext.isCalledDirectly), "args": try context.arguments.args,
            "kwargs": try context.arguments.kwargs,
        ]
    }

    private func seen(_ properties: Envelope.Properties) async throws -> JSONValue {
        let app = try makeApp()
        let journal = Journal<JSONValue>()
        struct Look: TaskDefinition {
            let name: TaskName = "look"
            let journal: Journal<JSONValue>
            func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Int {
                journal.write(try ContextTests.facts(context))
                return 0
            }
        }
        try app.register(Look(journal: journal))
        let body = Array(#"[[1, "two", null], {"b": [2.5], "a": {"x": true}}, {}]"#.utf8)
        let envelope = Envelope(headers: MessageHeaders(id: "one", task: "look"), properties: properties, body: body)
        try await app.broker.publish([Publication(envelope, to: .default)])
        _ = try await drain(app)
        return try #require(journal.entries.first)
    }

    @Test("priority in both senses, correlation id, reply, exchange and routing key, and the arguments as JSON")
    func properties() async throws {
        let facts = try await seen(
            Envelope.Properties(priority: .high, correlationID: "c", replyTo: "r", routingKey: "k"))
        #expect(
            facts == [
                "priority": 7, "wire": 2, "correlation": "c", "reply": "r", "exchange": nil, "key": "k", "again": false,
                "eager": true, "direct": false, "args": [1, "two", nil], "kwargs": ["a": ["x": true], "b": [2.5]],
            ])
    }

    @Test("what a call does not say of itself is what Celery takes for it")
    func defaults() async throws {
        let facts = try await seen(Envelope.Properties())
        #expect(facts["priority"] == 4 && facts["wire"] == 0 && facts["correlation"] == "one")
        #expect(facts["reply"] == JSONValue.null && facts["key"] == "celery")
    }

    @Test("outside of every call code is called directly")
    func direct() { #expect(TaskContext.isCalledDirectly) }

    private struct Person: Codable, Sendable {
        let name: String
        var nick: String?
    }

    @Test("members of a result that are nil are left out, or null where the task or the app says so")
    func nilMembers() async throws {
        let app = try makeApp { $0.nilMembers = .null }
        let usual = try app.task("usual") { (name: String) in Person(name: name) }
        let short = try app.task("short", options: TaskOptions(nilMembers: .omitted)) { (name: String) in
            Person(name: name)
        }
        let results = (try await app.send(usual("Ada")), try await app.send(short("Ada")))
        _ = try await drain(app)
        func text(_ id: TaskID) async throws -> String? {
            try await app.results?.record(of: id)?.result.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try await text(results.0.id) == #"{"name":"Ada","nick":null}"#)
        #expect(try await text(results.1.id) == #"{"name":"Ada"}"#)
        #expect(try await results.0.get().nick == nil)
    }

    @Test("the metadata of a task is any value that can be encoded")
    func meta() async throws {
        final class Step: Encodable {
            let page = 3
        }
        let app = try makeApp()
        let read = try app.task("read") { (n: Int) -> String? in
            guard let context = TaskContext.current else { return nil }
            try await context.update(meta: Step())
            let meta = try await context.app.results?.record(of: context.id)?.meta
            return meta.map { String(decoding: $0, as: UTF8.self) }
        }
        let result = try await app.send(read(1))
        _ = try await drain(app)
        #expect(try await result.get() == #"{"page":3}"#)
    }
}
