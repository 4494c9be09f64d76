import AMQPClient
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "Transient messages of RabbitMQ", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"),
    .timeLimit(.minutes(15))
)
struct TransientTests {
    /// The delivery modes of the ready messages of a queue, by the ids of the calls. Takes them out of it.
    private func modes(of queue: String, count: Int, in store: RabbitMQStore) async throws -> [String: UInt8] {
        try await store.consuming.onChannel { channel in
            let consumer = try await channel.consume(queue, prefetch: 10)
            var modes: [String: UInt8] = [:]
            while modes.count < count {
                for delivery in try await consumer.nextBatch() {
                    modes[delivery.properties.correlationID ?? ""] = delivery.properties.deliveryMode
                    try channel.ack(delivery)
                }
            }
            return modes
        }
    }

    @Test("a call is sent with the mode that it asks for")
    func sent() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish([.sample("kept"), .sample("light", isPersistent: false)])
            #expect(try await modes(of: "celery", count: 2, in: store) == ["kept": 2, "light": 1])
        }
    }

    @Test("a retry and a release for later keep the mode, and a dead letter is written to disk")
    func settled() async throws {
        try await VirtualHosts.withStore { store in
            let ids: [TaskID] = ["retry", "release", "bury"]
            try await store.publish(ids.map { .sample($0, isPersistent: false) })
            let later = store.time.now.addingTimeInterval(0.2)
            try await store.consume(.default) { consumer in
                var settled: Set<TaskID> = []
                while settled.count < 3 {
                    let delivery = try await consumer.claim()
                    #expect(!delivery.envelope.properties.isPersistent)
                    let settlement: Settlement =
                        switch delivery.id {
                        case "retry": .retry(delivery.envelope.with { $0.retries = 1 }, notBefore: later)
                        case "release": .release(notBefore: later)
                        default: .deadLetter(reason: "a test")
                        }
                    // On a crowded machine the server may have closed the connection; then the call comes again.
                    if try await consumer.settle(delivery, settlement).isEmpty { settled.insert(delivery.id) }
                }
            }
            #expect(try await modes(of: "celery", count: 2, in: store) == ["retry": 1, "release": 1])
            #expect(try await modes(of: "celery.dead", count: 1, in: store) == ["bury": 2])
        }
    }
}
