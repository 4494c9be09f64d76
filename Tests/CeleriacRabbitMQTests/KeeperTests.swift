import AMQPClient
import CeleriacCore
import Foundation
import RabbitMQUnderTest
import Synchronization
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "A task that takes longer than the server's consumer_timeout", .serialized,
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"), .timeLimit(.minutes(15))
)
struct KeeperTests {
    /// A server that takes deliveries back after 20 seconds, and looks each second; the store renews them after four, so
    /// that a busy machine has time to do so.
    private static func withStore(_ body: (RabbitMQStore) async throws -> Void) async throws {
        try await RabbitMQServer.run { server in
            try await server.control(
                "eval",
                "application:set_env(rabbit, consumer_timeout, 20000), "
                    + "application:set_env(rabbit, channel_tick_interval, 1000).")
            var options = RabbitMQOptions()
            options.consumerTimeout = .seconds(5)
            let store = RabbitMQStore(VirtualHosts.configuration(server, "/"), options: options, logger: .quiet)
            try await body(store)
            await store.close()
        }
    }

    @Test("it runs once, and so do the short ones beside it")
    func runsOnce() async throws {
        try await Self.withStore { store in
            try await store.publish([.sample("long")] + (0..<30).map { .sample(TaskID("\($0)")) })
            try await store.consume(.default, capacity: 4) { consumer in
                let long = try await consumer.claim()
                var seen: [TaskID] = [long.id]
                let end = ContinuousClock.now + .seconds(28)
                while ContinuousClock.now < end {
                    let some = try await consumer.next(upTo: 3, from: [.default], wait: false)
                    seen += some.map(\.id)
                    #expect(try await consumer.settle(some.map { ($0.receipt, .ack) }) == [])
                }
                #expect(try await consumer.settle(long, .ack) == [])
                #expect(seen.count == 31 && Set(seen).count == 31)
            }
            var counts = try await store.counts(of: .default)
            // The server may count a moment late.
            for _ in 0..<1_000 where counts.ready != 0 {
                try await Task.sleep(for: .milliseconds(5))
                counts = try await store.counts(of: .default)
            }
            #expect(counts.ready == 0 && counts.dead == 0)
        }
    }

    @Test("a server that is not asked in time takes it back: the test above can fail")
    func control() async throws {
        try await Self.withStore { store in
            let impatient = RabbitMQStore(store.configuration, logger: .quiet)
            try await impatient.publish([.sample("long")])
            try await impatient.consume(.default) { consumer in
                let long = try await consumer.claim()
                var losses = consumer.losses.makeAsyncIterator()
                #expect(await losses.next() == [long.receipt])
            }
            await impatient.close()
        }
    }

    @Test("if its worker dies then, the message is back in its queue soon, and counts as delivered")
    func workerDies() async throws {
        try await Self.withStore { store in
            try await store.publish([.sample("long")])
            try await store.consume(.default) { consumer in
                let long = try await consumer.claim()
                var losses = consumer.losses.makeAsyncIterator()
                let own = try #require(consumer as? RabbitMQConsumer)
                try await wait { own.held.withLock { $0.isKept(long.receipt) } }
                try await store.consuming.connection().close()
                #expect(await losses.next() == [long.receipt])
                let again = try await consumer.claim()
                #expect(again.id == "long" && again.deliveryCount.minimum >= 2)
                #expect(try await consumer.settle(again, .ack) == [])
            }
            #expect(try await store.counts(of: .default).ready == 0)
        }
    }
}
