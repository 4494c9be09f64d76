import AMQPClient
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "What somebody deletes while calls are delayed",
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"), .timeLimit(.minutes(15)))
struct DelayLossTests {
    @Test("a queue that is deleted while a call waits in the levels gets the call, once it is consumed again")
    func queue() async throws {
        try await VirtualHosts.withStore { store in
            try await store.publish([.sample("a", notBefore: Date().addingTimeInterval(4))])
            try await store.publishing.onChannel { _ = try await $0.deleteQueue("celery") }
            // As another process, which has not delayed anything itself.
            let worker = RabbitMQStore(store.configuration, logger: .quiet)
            try await worker.consume(.default) { consumer in
                let delivery = try await consumer.claim()
                #expect(delivery.id == "a")
                #expect(try await consumer.settle(delivery, .ack) == [])
            }
            await worker.close()
        }
    }

    @Test("the first exchange of the levels is declared again by the next delayed call if it was deleted")
    func exchange() async throws {
        try await VirtualHosts.withStore { store in
            try await store.consume(.default) { consumer in
                try await store.publish([.sample("a", notBefore: Date().addingTimeInterval(1))])
                let first = try await consumer.claim()
                #expect(try await consumer.settle(first, .ack) == [])
                try await store.publishing.onChannel { try await $0.deleteExchange(DelayLevels.firstExchange) }
                try await store.publish([.sample("b", notBefore: Date().addingTimeInterval(1))])
                let second = try await consumer.claim()
                #expect(second.id == "b")
                #expect(try await consumer.settle(second, .ack) == [])
            }
        }
    }
}
