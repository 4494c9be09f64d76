import AMQPClient
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "The RabbitMQ store", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15))
)
struct StoreTests {
    // MARK: Delays

    @Test("a delayed call waits in the broker, and comes no earlier than it may")
    func delays() async throws {
        try await VirtualHosts.withStore { store in
            let due = Date.now.addingTimeInterval(1.5)
            try await store.publish([.sample("late", notBefore: due), .sample("now")])
            try await store.consume(.default) { consumer in
                let first = try await consumer.claim()
                #expect(first.id == "now")
                #expect(try await consumer.settle(first, .ack) == [])
                #expect(try await consumer.claim().id == "late")
                #expect(Date.now >= due)
            }
        }
    }

    @Test("a retry, and a release for later, wait in the broker too, and keep no slot")
    func retries() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish([.sample("a"), .sample("b")])
            try await store.consume(.default, capacity: 1) { consumer in
                let a = try await consumer.claim()
                let due = Date.now.addingTimeInterval(1)
                let retry = Settlement.retry(a.envelope.with { $0.retries = 1 }, notBefore: due)
                #expect(try await consumer.settle(a, retry) == [])
                let b = try await consumer.claim()
                #expect(try await consumer.settle(b, .release(notBefore: due)) == [])
                var back: [TaskID: Int] = [:]
                for _ in 0..<2 {
                    let delivery = try await consumer.claim()
                    #expect(Date.now >= due)
                    back[delivery.id] = delivery.envelope.retries
                    #expect(try await consumer.settle(delivery, .ack) == [])
                }
                #expect(back == ["a": 1, "b": 0])
            }
        }
    }

    @Test("calls of Python's with an eta in front of the queue hold up nobody")
    func pythonsEtas() async throws {
        try await VirtualHosts.withStore { store in
            let later = Date.now.addingTimeInterval(3600)
            let early = try (0..<20).map { number in
                var message = try store.outgoing(.sample(TaskID("eta-\(number)"), eta: later)).message
                message.properties.headers?["lang"] = "py"
                return Outgoing(way: .queue, queue: .default, message: message)
            }
            for outcome in await store.send(early) { try outcome.get() }
            try await store.publish([.sample("now")])
            try await store.consume(.default, capacity: 2) { consumer in
                let first = try await consumer.claim()
                #expect(first.id == "now")
                #expect(try await consumer.settle(first, .ack) == [])
                try await wait { try await store.counts(of: .default).ready == 0 }
            }
        }
    }

    @Test("a queue that the levels cannot name has its delays held by the worker")
    func unnameable() async throws {
        try await VirtualHosts.withStore { store in
            let due = Date.now.addingTimeInterval(1)
            try await store.publish([.sample("late", to: "a.#", notBefore: due)])
            try await store.consume("a.#") { consumer in
                let id = try await consumer.claim("a.#").id
                #expect(id == "late")
                #expect(Date.now >= due)
            }
        }
    }

    // MARK: Queues and exchanges

    @Test("a queue that is deleted is declared again, by who publishes and by who consumes")
    func deletedQueue() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish([.sample("a")])
            try await store.publishing.onChannel { _ = try await $0.deleteQueue("celery") }
            try await store.publish([.sample("b")])
            try await store.consume(.default) { consumer in
                #expect(try await consumer.claim().id == "b")
                try await store.publishing.onChannel { _ = try await $0.deleteQueue("celery") }
                try await store.publish([.sample("c")])
                #expect(try await consumer.claim().id == "c")
            }
        }
    }

    @Test("a queue that somebody declared in another way is used as it is")
    func foreignQueue() async throws {
        try await VirtualHosts.withStore { store in
            let arguments: AMQPTable = ["x-max-priority": 10, "x-expires": 600_000]
            try await store.publishing.onChannel { _ = try await $0.declareQueue("celery", arguments: arguments) }
            try await store.publish([.sample("a")])
            let id = try await store.consume(.default) { try await $0.claim().id }
            #expect(id == "a")
            try await store.publishing.onChannel { _ = try await $0.declareQueue("celery", arguments: arguments) }
        }
    }

    @Test("an exchange routes a call; an unknown one, and a key that leads nowhere, fail that call alone")
    func exchanges() async throws {
        try await VirtualHosts.withStore { store in
            try await store.declare(Topology([Exchange("news", .topic, bindings: [.init("reports", key: "news.#")])]))
            let report = try await store.publish([
                .sample("routed", route: .init(exchange: "news", routingKey: "news.today")),
                .sample("lost", route: .init(exchange: "news", routingKey: "other")), .sample("direct"),
            ])
            #expect(Set(report.untaken.keys) == ["lost"])
            let error = await #expect(throws: BrokerError.self) {
                try await store.publish([.sample("x", route: .init(exchange: "nowhere"))])
            }
            #expect(error?.code == .refused)
            let id = try await store.consume("reports") { try await $0.claim("reports").id }
            #expect(id == "routed")
            #expect(try await store.counts(of: .default).ready == 1)
        }
    }

    @Test("a broadcast outlasts a change of capacity, and a while in which nobody claims")
    func patientBroadcast() async throws {
        try await VirtualHosts.withStore { store in
            try await store.declare(Topology([.broadcast("all")]))
            let calls = (["a", "b", "c"] as [TaskID]).map { Publication.sample($0, route: .broadcast("all")) }
            try await store.consume("all", capacity: 1) { consumer in
                _ = try await consumer.next(upTo: 1, from: ["all"], wait: false)
                try await store.publish(calls)
                // Longer than an arrival lies unclaimed in a queue of tasks.
                try await Task.sleep(for: .milliseconds(200))
                consumer.resize(to: 4)
                var ids: Set<TaskID> = []
                while ids.count < calls.count {
                    ids.formUnion(try await consumer.next(upTo: 4, from: ["all"], wait: true).map(\.id))
                }
            }
        }
    }

    @Test("an exchange that is deleted fails its calls, and is used again once it is back")
    func deletedExchange() async throws {
        try await VirtualHosts.withStore { store in
            let topology = Topology([Exchange("gone", .direct, bindings: [.init("reports", key: "x")])])
            let call = Publication.sample("a", route: .init(exchange: "gone", routingKey: "x"))
            try await store.declare(topology)
            try await store.publish([call])
            try await store.publishing.onChannel { try await $0.deleteExchange("gone") }
            for _ in 0..<2 { await #expect(throws: BrokerError.self) { try await store.publish([call]) } }
            try await store.declare(topology)
            try await store.publish([call])
            #expect(try await store.counts(of: "reports").ready == 2)
        }
    }

    @Test("a name that the server or the delays keep for themselves is refused")
    func reserved() async throws {
        let store = try RabbitMQStore(url: "amqp://localhost", logger: .quiet)
        for name: QueueName in ["amq.gen-1", "celery_delayed_27"] {
            #expect(store.objection(to: name) != nil)
            let error = await #expect(throws: BrokerError.self) { try await store.consume(name) { _ in } }
            #expect(error?.code == .refused)
        }
        #expect(store.objection(to: "mail") == nil)
    }

    @Test("a broadcast reaches each consumer that listens")
    func broadcast() async throws {
        try await VirtualHosts.withStore { store in
            try await store.declare(Topology([.broadcast("all")]))
            try await store.consume("all") { one in
                try await store.consume("all") { two in
                    _ = try await one.next(upTo: 1, from: ["all"], wait: false)
                    _ = try await two.next(upTo: 1, from: ["all"], wait: false)
                    try await store.publish([.sample("a", route: .broadcast("all"))])
                    #expect(try await one.claim("all").id == "a")
                    #expect(try await two.claim("all").id == "a")
                }
            }
        }
    }
}
