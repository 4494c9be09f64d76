import CeleriacCore
import CeleriacTesting
import RabbitMQUnderTest
import Testing

@testable import CeleriacRabbitMQ

@Suite(
    "RabbitMQ keeps the promises of every port",
    .enabled(if: RabbitMQServer.isExpected, "rabbitmq-server is not installed")
)
struct ConformanceTests {
    static let traits = BrokerTraits(
        claimOrder: .relaxed, priorities: false, settlement: .publishThenAck, batch: .each, knowsIDs: false,
        uniqueKeys: false, front: false, leases: false, deliveryCount: .atLeast, countsReleases: true,
        counts: .ready, anyNames: false, clock: .server)
    /// Promises that cannot hold on AMQP, by name, with the reason.
    static let differences = [
        "keys that differ in their bytes alone, and lone surrogates, come back as they went": surrogates,
        "a call with rare keys and strings is retried, parked and requeued as it was": surrogates,
    ]
    private static let surrogates =
        "the name of a header is UTF-8, so that a lone surrogate in it becomes U+FFFD; Python cannot send one at all"

    static let kept = checks.filter { differences[$0.name] == nil }
    static let checks = BrokerCheck.all(for: RabbitMQStore.self, traits: traits)

    @Test("the store keeps its promise", .timeLimit(.minutes(15)), arguments: kept)
    func keepsItsPromise(check: BrokerCheck) async throws {
        let time = ManualTime()
        try await VirtualHosts.withStore(time: time) { store in try await check.run(store, time) }
    }

    @Test("each difference that we admit is one of the suite's promises")
    func differencesExist() {
        let names = Set(Self.checks.map(\.name))
        for name in Self.differences.keys { #expect(names.contains(name)) }
    }

    @Test("docs/semantics.md lists the promises that do not hold here")
    func differencesDocumented() throws {
        try DifferenceTable(
            "rabbitmq", for: RabbitMQStore.self, traits: Self.traits, differences: Self.differences
        ).check()
    }

    @Test("docs/semantics.md says what the store declares")
    func documented() throws {
        #expect(try TraitTable().column("rabbitmq") == TraitTable.column(of: Self.traits))
    }

    @Test("it keeps its promise with quorum queues", .timeLimit(.minutes(15)), arguments: kept)
    func keepsItsPromiseWithQuorumQueues(check: BrokerCheck) async throws {
        var options = RabbitMQOptions()
        options.queueType = .quorum
        let time = ManualTime()
        try await VirtualHosts.withStore(options, time: time) { store in try await check.run(store, time) }
    }
}
