import AMQPClient
import CeleriacCore
import Foundation
import Logging
import RabbitMQUnderTest
import Synchronization
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "When RabbitMQ fails, the store goes on", .serialized,
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed"), .timeLimit(.minutes(15))
)
struct StoreFailureTests {
    @Test("memory alarm, frozen server, and SIGKILL under publishes and under a consumer")
    func everything() async throws {
        try await RabbitMQServer.run { server in
            var configuration = VirtualHosts.configuration(server, "/")
            configuration.heartbeat = .seconds(1)
            try await memoryAlarm(configuration, server)
            let store = RabbitMQStore(configuration, logger: .quiet)
            try await frozen(store, server)
            try await killed(store, server)
            await store.close()
        }
    }

    /// A publish that the server does not take says so, and that it is worth trying again.
    private func memoryAlarm(_ configuration: AMQPConfiguration, _ server: RabbitMQServer) async throws {
        var configuration = configuration
        configuration.deadline = .seconds(3)
        let store = RabbitMQStore(configuration, logger: .quiet)
        try await publishUntilTaken(.sample("before"), store)
        try await server.control("set_vm_memory_high_watermark", "0.000001")
        var refusal: BrokerError?
        while refusal?.code != .full {
            do {
                try await store.publish([.sample("during")])
            } catch let error as BrokerError {
                refusal = error
            }
        }
        #expect(refusal?.isTransient == true)
        try await server.control("set_vm_memory_high_watermark", "0.6")
        try await publishUntilTaken(.sample("after"), store)
        _ = try await store.purge(.default)
        await store.close()
    }

    /// The consumer finds out by itself that the server is gone, and goes on when it is back.
    private func frozen(_ store: RabbitMQStore, _ server: RabbitMQServer) async throws {
        try await store.publish([.sample("a")])
        try await store.consume(.default) { consumer in
            let first = try await consumer.claim()
            var losses = consumer.losses.makeAsyncIterator()
            try await server.freeze()
            #expect(await losses.next() == [first.receipt])
            server.thaw()
            let again = try await consumer.claim()
            #expect(again.id == "a")
            #expect(try await consumer.settle(again, .ack) == [])
        }
    }

    /// What was confirmed before the server died is there afterwards.
    private func killed(_ store: RabbitMQStore, _ server: RabbitMQServer) async throws {
        try await store.publish([.sample("0")])
        try await server.sync()
        let ledger = Ledger()
        ledger.confirm("0")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for number in 1... {
                        let id = TaskID("\(task)-\(number)")
                        do { try await store.publish([.sample(id)]) } catch { return }
                        ledger.confirm(id)
                    }
                }
            }
            try await wait { ledger.confirmed.count > 500 }
            try await server.kill()
            try await group.waitForAll()
        }
        try await server.start()
        var missing = ledger.confirmed
        try await store.consume(.default, capacity: 100) { consumer in
            while !missing.isEmpty {
                let some = try await consumer.next(upTo: 100, from: [.default], wait: true)
                missing.subtract(some.map(\.id))
                _ = try await consumer.settle(some.map { ($0.receipt, .ack) })
            }
        }
    }

    /// The calls whose publish has returned.
    private final class Ledger: Sendable {
        private let ids = Mutex<Set<TaskID>>([])
        var confirmed: Set<TaskID> { ids.withLock { $0 } }
        func confirm(_ id: TaskID) { ids.withLock { _ = $0.insert(id) } }
    }

    private func publishUntilTaken(_ publication: Publication, _ store: RabbitMQStore) async throws {
        while true {
            do {
                try await store.publish([publication])
                return
            } catch let error as BrokerError where error.isTransient {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
