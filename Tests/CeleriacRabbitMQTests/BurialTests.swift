import AMQPClient
import CeleriacCore
import CeleriacTesting
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "Unreadable messages of RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15))
)
struct BurialTests {
    private struct Refusal: Error {}

    /// Its header `task` is a table.
    private static let poison = AMQPProperties(
        contentType: "text/x", headers: ["task": .table(["name": "tests.sample"]), "id": "poor"], deliveryMode: 1)

    private func publish(_ properties: AMQPProperties, in store: RabbitMQStore) async throws {
        try await store.declarations.ensure(.default, on: store.publishing)
        let message = AMQPMessage(routingKey: "celery", properties: properties, body: Array("what?".utf8))
        try await store.direct.value().publish(message)
    }

    /// Serves the queue, and hands unreadable messages over.
    private func serve(
        _ store: RabbitMQStore, _ bury: @escaping @Sendable (UnreadableMessage) async throws -> Void,
        until body: (any Consumer) async throws -> Void
    ) async throws {
        let terms = ConsumerTerms([.default], lease: .seconds(30), capacity: 4, buryUnreadable: bury)
        try await store.withConsumer(terms, body)
    }

    @Test("an unreadable message goes to the archive with its id and reason, and can be published as it was")
    func buried() async throws {
        try await VirtualHosts.withStore { store in
            let heard = Heard<UnreadableMessage>()
            try await publish(Self.poison, in: store)
            try await serve(store, { heard.hear($0) }) { _ in
                let message = try #require(await heard.next())
                #expect(message.callID == "poor" && message.letter.id == "poor")
                #expect(message.letter.queue == .default)
                #expect(message.letter.reason.contains("task"), "\(message.letter.reason)")
                try await wait { try await store.counts(of: .default).ready == 0 }
                // As `dead requeue` does; it is as unreadable as before.
                let again = message.letter.envelope.with { $0.retries = 0 }
                try await store.publish([Publication(again, to: .default)])
                let second = try #require(await heard.next())
                #expect(second.letter.envelope == message.letter.envelope)
            }
            #expect(try await store.counts(of: .default).dead == 0)
        }
    }

    @Test("if the archive does not take it, or the message is too large for it, it goes to the queue of the dead")
    func fallsBack() async throws {
        var options = RabbitMQOptions()
        options.limits.bodyBytes = 200
        try await VirtualHosts.withStore(options) { store in
            try await publish(Self.poison, in: store)
            try await serve(store, { _ in throw Refusal() }) { _ in
                try await wait { try await store.counts(of: .default).dead == 1 }
            }
            let large = AMQPMessage(routingKey: "celery", body: [UInt8](repeating: 1, count: 201))
            try await store.direct.value().publish(large)
            try await serve(store, { _ in Issue.record("a message beyond the limits was handed over") }) { _ in
                try await wait { try await store.counts(of: .default).dead == 2 }
            }
            #expect(try await store.counts(of: .default).ready == 0)
        }
    }

    @Test("an unreadable message keeps nobody waiting for the archive")
    func holdsUpNobody() async throws {
        try await VirtualHosts.withStore { store in
            let gate = Gate()
            try await publish(Self.poison, in: store)
            try await store.publish([.sample("good")])
            try await serve(store, { _ in try await gate.wait() }) { consumer in
                let good = try await consumer.claim()
                #expect(good.id == "good")
                #expect(try await consumer.settle(good, .ack) == [])
                gate.open()
                try await wait { try await store.counts(of: .default).ready == 0 }
            }
        }
    }
}
