import CeleriacCore
import CeleriacTesting
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "RabbitMQ keeps the promises of every port", .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed")
)
struct ConformanceTests {
    static let traits = BrokerTraits(
        claimOrder: .relaxed, priorities: false, settlement: .publishThenAck, batch: .each, knowsIDs: false,
        uniqueKeys: false, front: false, leases: false, deliveryCount: .atLeast, countsReleases: true,
        counts: .ready, anyNames: false, clock: .server)
    static let checks = BrokerCheck.all(for: RabbitMQStore.self, traits: traits)

    @Test("the store keeps its promise", .timeLimit(.minutes(3)), arguments: checks)
    func keepsItsPromise(check: BrokerCheck) async throws {
        let time = ManualTime()
        try await VirtualHosts.withStore(time: time) { store in try await check.run(store, time) }
    }

    @Test("it keeps its promise with quorum queues", .timeLimit(.minutes(3)), arguments: checks)
    func keepsItsPromiseWithQuorumQueues(check: BrokerCheck) async throws {
        var options = RabbitMQOptions()
        options.queueType = .quorum
        let time = ManualTime()
        try await VirtualHosts.withStore(options, time: time) { store in try await check.run(store, time) }
    }
}
