import AMQPClient
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "What the RabbitMQ store parks and loses",
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15))
)
struct StoreLossTests {
    @Test("a message that cannot be read is parked with the reason, and holds up nobody")
    func poison() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish([.sample("first")])
            let bad: [AMQPProperties] = [
                AMQPProperties(), AMQPProperties(headers: ["task": ["a": 1], "id": "x"]),
                AMQPProperties(headers: ["task": "tests.sample"]),
            ]
            let messages = bad.map { properties in
                Outgoing(
                    way: .queue, queue: .default, message: AMQPMessage(routingKey: "celery", properties: properties))
            }
            for outcome in await store.send(messages) { try outcome.get() }
            try await store.publish([.sample("last")])
            try await store.consume(.default) { consumer in
                for id: TaskID in ["first", "last"] {
                    let delivery = try await consumer.claim()
                    #expect(delivery.id == id)
                    #expect(try await consumer.settle(delivery, .ack) == [])
                }
                try await wait { try await store.counts(of: .default).dead == 3 }
            }
            for _ in 0..<3 {
                let letter = try await store.publishing.onChannel { try await $0.get("celery.dead", noAck: true) }
                let mark = DeathMark(of: try #require(letter).properties.headers)
                #expect(mark.reason.hasPrefix("it cannot be read: "))
                #expect(mark.queue == "celery")
            }
        }
    }

    @Test("a dead letter lies in the queue of those, with its reason, as it was sent")
    func deadLetter() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish([.sample("a")])
            let sent = try await store.consume(.default) { consumer in
                let delivery = try await consumer.claim()
                #expect(try await consumer.settle(delivery, .deadLetter(reason: "it broke")) == [])
                return delivery.envelope
            }
            let letter = try #require(
                try await store.publishing.onChannel { try await $0.get("celery.dead", noAck: true) })
            #expect(DeathMark(of: letter.properties.headers).reason == "it broke")
            let read = try TaskMessage.envelope(
                of: letter.properties, body: letter.body, exchange: "", routingKey: "celery",
                limits: store.options.limits)
            #expect(read == sent)
        }
    }

    @Test("deliveries of a connection that dies are reported lost, and come again")
    func lostConnection() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish([.sample("a")])
            try await store.consume(.default) { consumer in
                let delivery = try await consumer.claim()
                var losses = consumer.losses.makeAsyncIterator()
                try await store.consuming.connection().close()
                #expect(await losses.next() == [delivery.receipt])
                #expect(try await consumer.settle(delivery, .ack) == [delivery.receipt])
                let again = try await consumer.claim()
                #expect(again.id == "a" && again.deliveryCount.minimum == 2)
                #expect(try await consumer.settle(again, .ack) == [])
            }
            #expect(try await store.counts(of: .default).ready == 0)
        }
    }

    @Test("an ack that was sent before the consumer's end is heard")
    func lastAck() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish((0..<50).map { .sample(TaskID("\($0)")) })
            var acked: [TaskID] = []
            while acked.count < 50 {
                acked += try await store.consume(.default, capacity: 7) { consumer in
                    let some = try await consumer.next(upTo: 7, from: [.default], wait: true)
                    #expect(try await consumer.settle(some.map { ($0.receipt, .ack) }) == [])
                    return some.map(\.id)
                }
            }
            #expect(Set(acked).count == 50 && acked.count == 50, "\(acked.map(\.rawValue).sorted())")
            #expect(try await store.counts(of: .default).ready == 0)
        }
    }

    @Test("a capacity that changes changes what the server sends")
    func resize() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish((0..<20).map { .sample(TaskID("\($0)")) })
            try await store.consume(.default, capacity: 2) { consumer in
                var held = try await consumer.next(upTo: 20, from: [.default], wait: true)
                while held.count < 2 { held += try await consumer.next(upTo: 20, from: [.default], wait: true) }
                #expect(held.count == 2)
                consumer.resize(to: 10)
                while held.count < 10 { held += try await consumer.next(upTo: 20, from: [.default], wait: true) }
                #expect(Set(held.map(\.id)).count == held.count)
                #expect(try await consumer.settle(held.map { ($0.receipt, .ack) }) == [])
            }
        }
    }

    @Test("a queue alone has the slots of those that are empty, and gives them back when they are not")
    func shares() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish((0..<20).map { .sample(TaskID("a\($0)"), to: "a") })
            try await store.consume("a", "b", capacity: 4) { consumer in
                var held: [Delivery] = []
                while held.count < 4 {
                    held += try await consumer.next(upTo: 4 - held.count, from: ["a", "b"], wait: true)
                }
                try await store.publish([.sample("b0", to: "b")])
                #expect(try await consumer.settle(held.map { ($0.receipt, .ack) }) == [])
                var ended = Set(held.map(\.id))
                while ended.count < 21 {
                    let some = try await consumer.next(upTo: 4, from: ["b", "a"], wait: true)
                    #expect(try await consumer.settle(some.map { ($0.receipt, .ack) }) == [])
                    ended.formUnion(some.map(\.id))
                }
                #expect(ended.contains("b0"))
            }
        }
    }
}
