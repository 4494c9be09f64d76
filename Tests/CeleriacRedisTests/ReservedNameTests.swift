import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import Testing

@testable import CeleriacRedis

@Suite("Names that are no queues' in Redis", .oneServer, .timeLimit(.minutes(15)))
struct ReservedNameTests {
    private let time = ManualTime()

    @Test("no name is taken by the usual layout but those that are reserved everywhere")
    func usual() throws {
        let store = try Stores.inRealTime()
        for queue in ["celery", "mail:3", "results", "unacked2", "rq:queue:x"] as [QueueName] {
            #expect(store.objection(to: queue) == nil)
        }
    }

    @Test("what options name otherwise is taken as well")
    func configured() throws {
        var options = RedisOptions()
        options.unackedKey = "held"
        options.unackedIndexKey = "held.index"
        options.separator = ":"
        options.keyPrefix = "app."
        options.resultKeyPrefix = "app.results"
        let keys = RedisKeys(options, database: 0)
        let taken = [
            "held", "held.index", "mail:3", "a:b", "results_celery-task-meta-1", "results_celery-taskset-meta-1",
        ]
        for name in taken { #expect(keys.taken.owner(of: try QueueName(name)) != nil, "\(name)") }
        for name in ["held2", "mail", "results", "results_celery", "app.held"] {
            #expect(keys.taken.owner(of: try QueueName(name)) == nil, "\(name)")
        }
        #expect(keys.result("1") == keys.list("results_celery-task-meta-1", step: 0))
    }

    @Test("where the prefix of queues is that of results, no queue can be")
    func prefixOfResults() throws {
        var options = RedisOptions()
        options.keyPrefix = "celery-task-meta-app"
        #expect(RedisKeys(options, database: 0).taken.owner(of: "mail") != nil)
    }

    @Test("a taken name is refused by every step that a queue has, and nothing is written")
    func refused() async throws {
        let store = try store()
        let steps: [() async throws -> Void] = [
            { try await store.publish([.sample("a", to: "held")]) },
            { try await store.publish([.sample("a"), .sample("b", to: "held")]) },
            { try await store.publish([.sample("a", to: "held", notBefore: time.now.addingTimeInterval(60))]) },
            { _ = try await store.purge("held") },
            { try await store.consume(["held"]) { _ in } },
            { try await store.declare(Topology([Exchange("x", .direct, bindings: [.init("held", key: "k")])])) },
        ]
        for step in steps {
            let error = await #expect(throws: BrokerError.self) { try await step() }
            #expect(error?.code == .refused && error?.message.contains("\"held\"") == true)
        }
        #expect(try await store.raw("KEYS", store.keys.prefix + "*").texts == [])
    }

    @Test("a binding of a stranger's that names such a queue leads nowhere, and is not listed")
    func strangersBinding() async throws {
        let store = try store()
        let targets = [
            "held", "celeriac.delayed:celery", "unacked", "_kombu.binding.x", "w.reply.celery.pidbox", "mail",
        ]
        for target in targets {
            try await store.raw("SADD", store.keys.binding("x"), "k\u{6}\u{16}\u{6}\u{16}\(target)")
        }
        try await store.publish([.sample("a", through: ExchangeRoute(exchange: "x", routingKey: "k"))])
        #expect(try await store.drain("mail") == ["a"])
        #expect(try await store.queues() == ["mail"])
        try await store.raw("SREM", store.keys.binding("x"), "k\u{6}\u{16}\u{6}\u{16}mail")
        let error = await #expect(throws: BrokerError.self) {
            try await store.publish([.sample("b", through: ExchangeRoute(exchange: "x", routingKey: "k"))])
        }
        #expect(error?.code == .refused)
    }

    @Test(
        "what a dead Python worker held under such a name stays where it is",
        arguments: ["celeriac.delayed:celery", "unacked_index", "_kombu.binding.x", "held", "x.celery.pidbox"])
    func restored(key: String) async throws {
        let store = try store()
        let message = PythonMessage(routingKey: key)
        try await store.raw("ZADD", store.keys.unackedIndex, "1", message.tag)
        try await store.raw("HSET", store.keys.unacked, message.tag, message.entry)
        try await store.reap()
        #expect(try await store.raw("HEXISTS", store.keys.unacked, message.tag).integer == 1)
        #expect(
            try await store.raw("EXISTS", store.keys.prefix + key).integer
                == (["held", "unacked_index"].contains(key) ? 1 : 0))
    }

    @Test(
        "a callback to such a queue fails its call with the reason, and the worker goes on",
        arguments: ["celeriac.delayed:celery", "celeriac.leases:celery", "unacked", "celery-task-meta-x", "held"])
    func callback(queue: String) async throws {
        var options = RedisOptions()
        options.unackedKey = "held"
        let store = try Stores.inRealTime(options, prefix: Stores.prefix())
        let app = try TaskApp(Backend(store), options: AppOptions(discoversTasks: false), logger: .quiet)
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let embed = #"{"callbacks": [{"task": "add", "args": [1], "options": {"queue": "\#(queue)"}}]}"#
        let id = TaskID.random()
        let envelope = Envelope(
            headers: MessageHeaders(id: id, task: "add"), body: Array("[[1, 2], {}, \(embed)]".utf8))
        try await store.publish([Publication(envelope, to: .default)])
        let next = try await app.send(add(1, 2))
        try await Worker(app, options: WorkerOptions(pool: .inProcess(), burst: true)).run()
        let failure = await #expect(throws: TaskFailure.self) { try await app.result(of: id, as: Int.self).get() }
        #expect(failure?.message.contains("\"\(queue)\" is not a queue name") == true, "\(String(describing: failure))")
        #expect(try await next.get() == 3)
        #expect(try await store.raw("TYPE", store.keys.prefix + queue).text != "list")
        await store.close()
    }

    @Test("an app does not send to such a queue, a worker does not serve it")
    func app() async throws {
        let app = try TaskApp(Backend(store()), options: AppOptions(discoversTasks: false), time: time, logger: .quiet)
        let add = try app.task("add") { (x: Int, y: Int) in x + y }
        let sent = await #expect(throws: CeleriacError.self) {
            try await app.send(add(1, 2).with(CallOptions(queue: "held")))
        }
        #expect(sent?.code == .invalidName && sent?.message.contains("\"held\"") == true)
        let served = await #expect(throws: CeleriacError.self) {
            try await Worker(app, options: WorkerOptions(queues: ["held"], pool: .inProcess(), burst: true)).run()
        }
        #expect(served?.code == .invalidName)
    }

    private func store() throws -> RedisStore {
        var options = RedisOptions.tenSteps
        options.unackedKey = "held"
        return try Stores.inVirtualTime(time, options)
    }
}
