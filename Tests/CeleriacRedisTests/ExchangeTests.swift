import CeleriacCore
import CeleriacTesting
import Foundation
import RESPClient
import RedisUnderTest
import Testing

@testable import CeleriacRedis

@Suite("Exchanges", .oneServer, .timeLimit(.minutes(15)))
struct ExchangeTests {
    private let time = ManualTime()

    private static let topology = Topology([
        Exchange(
            "orders", .direct, bindings: [.init("eu", key: "eu"), .init("all", key: "eu"), .init("all", key: "us")]),
        Exchange("news", .topic, bindings: [.init("sport", key: "sport.*"), .init("archive", key: "#")]),
    ])

    @Test("bindings lie as kombu writes them")
    func bindings() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.declare(Self.topology)
        let members = try await store.raw("SMEMBERS", store.keys.binding("news")).elements?.compactMap(\.text) ?? []
        #expect(
            Set(members) == [
                "sport.*\u{06}\u{16}^sport\\.[^\\.]+$\u{06}\u{16}sport", "#\u{06}\u{16}^.*?$\u{06}\u{16}archive",
            ])
        let direct = try await store.raw("SMEMBERS", store.keys.binding("orders")).elements?.compactMap(\.text) ?? []
        #expect(direct.contains("eu\u{06}\u{16}\u{06}\u{16}all"))
    }

    @Test("the bindings of exchanges are listed, Python's too")
    func listsBindings() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.declare(Self.topology)
        // As kombu writes the queue of a Python worker; then what no kombu writes.
        _ = try await store.raw("SADD", store.keys.binding("python"), "python\u{06}\u{16}\u{06}\u{16}python", "x", "")
        let listed = try await store.bindings().map { "\($0.exchange) \($0.queue) \($0.key)" }
        #expect(
            listed == [
                "news archive #", "news sport sport.*", "orders all eu", "orders all us", "orders eu eu",
                "python python python",
            ])
    }

    @Test("a direct exchange reaches the queues of just that key, also from a process that did not declare it")
    func direct() async throws {
        let prefix = Stores.prefix()
        try await Stores.inVirtualTime(time, prefix: prefix).declare(Self.topology)
        let store = try Stores.inVirtualTime(time, prefix: prefix)
        try await store.publish([.sample("a", through: .init(exchange: "orders", routingKey: "eu"))])
        #expect(try await store.drain("eu") == ["a"])
        try await store.consume(["all"]) { consumer in
            let delivery = try await consumer.claimOne(from: "all")
            #expect(delivery.envelope.properties.exchange == "orders")
            #expect(delivery.envelope.properties.routingKey == "eu")
        }
        #expect(try await store.drain() == [])
    }

    @Test("a topic exchange reaches the queues whose patterns fit")
    func topic() async throws {
        let prefix = Stores.prefix()
        try await Stores.inVirtualTime(time, prefix: prefix).declare(Self.topology)
        let store = try Stores.inVirtualTime(time, prefix: prefix)
        for (id, key) in [("a", "sport.chess"), ("b", "sport.chess.live"), ("c", "weather")] {
            try await store.publish([.sample(TaskID(id), through: .init(exchange: "news", routingKey: key))])
        }
        #expect(try await store.drain("sport") == ["a"])
        #expect(try await store.drain("archive") == ["a", "b", "c"])
    }

    @Test("a headers exchange is refused, since kombu has none on Redis, and nothing of its topology is declared")
    func headers() async throws {
        let store = try Stores.inVirtualTime(time)
        let match = HeaderMatch(.all, ["format": "pdf"])
        let papers = Exchange("papers", .headers, bindings: [.init("pdf", matching: match)])
        let error = await #expect(throws: BrokerError.self) {
            try await store.declare(Topology(Self.topology.exchanges + [papers]))
        }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("RabbitMQ") == true)
        #expect(try await store.raw("SMEMBERS", store.keys.binding("news")).elements?.isEmpty == true)
    }

    @Test("a message that no queue is bound for is refused, with all that was to go with it")
    func unroutable() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.declare(Self.topology)
        await #expect {
            try await store.publish([
                .sample("a"), .sample("b", through: .init(exchange: "orders", routingKey: "mars")),
            ])
        } throws: { error in
            (error as? BrokerError)?.code == .refused
        }
        #expect(try await store.drain() == [])
    }

    @Test("a retry stays in its queue, and does not go through the exchange again")
    func retry() async throws {
        let store = try Stores.inVirtualTime(time)
        try await store.declare(Self.topology)
        try await store.publish([.sample("a", through: .init(exchange: "orders", routingKey: "eu"))])
        try await store.consume(["eu"]) { consumer in
            let delivery = try await consumer.claimOne(from: "eu")
            _ = try await consumer.settle([(delivery.receipt, .retry(delivery.envelope, notBefore: nil))])
        }
        #expect(try await store.drain("eu") == ["a"])
        #expect(try await store.drain("all") == ["a"])
    }

    @Test("a broadcast reaches every consumer that listens, and can be given back")
    func broadcast() async throws {
        let prefix = Stores.prefix()
        let stores = try (0..<2).map { _ in try Stores.inVirtualTime(time, prefix: prefix) }
        for store in stores { try await store.declare(Topology([.broadcast("everyone")])) }
        try await stores[0].consume(["everyone"]) { first in
            try await stores[1].consume(["everyone"]) { second in
                let channel = stores[0].keys.channel("everyone", key: "celery")
                while try await stores[0].raw("PUBSUB", "NUMSUB", channel).flattened.last != "2.0" {
                    try await Pause.briefly()
                }
                try await stores[0].publish([.sample("a", through: .broadcast("everyone"))])
                for consumer in [first, second] {
                    let delivery = try #require(
                        try await consumer.next(upTo: 5, from: ["everyone"], wait: true).first)
                    #expect(delivery.id == "a")
                    #expect(delivery.leaseDeadline == nil)
                    #expect(try await consumer.extendLeases([delivery.receipt], by: .seconds(30)) == [])
                    #expect(try await consumer.settle([(delivery.receipt, .release())]) == [])
                    let again = try await consumer.claimOne(from: "everyone")
                    #expect(try await consumer.settle([(again.receipt, .ack)]) == [])
                    #expect(try await consumer.claim(from: "everyone").isEmpty)
                }
            }
        }
    }

    @Test(
        "a topic's pattern fits as kombu's regular expression does",
        arguments: [
            ("a.*.c", "a.b.c", true), ("a.*.c", "a.c", false), ("a.*", "a.b.c", false), ("a.#", "a.b.c", true),
            ("a.#", "a.", true), ("a.#", "a", false), ("#", "", true), ("*", "", false), ("a", "a", true),
            ("a", "b", false),
            ("#.z", "x.y.z", true), ("a_b.*", "a_b.c", true), ("a*", "ab", false),
        ])
    func patterns(pattern: String, key: String, fits: Bool) {
        #expect(BindingPattern(pattern).fits(key) == fits)
    }
}
