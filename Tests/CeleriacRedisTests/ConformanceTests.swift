import CeleriacCore
import CeleriacTesting
import Testing

@testable import CeleriacRedis

@Suite("Redis keeps the promises of every port", .oneServer)
struct ConformanceTests {
    static let traits = BrokerTraits(claimOrder: .arrival, knowsIDs: false)
    static let checks = BrokerCheck.all(for: RedisStore.self, traits: traits)

    @Test(
        "the store keeps its promise", .timeLimit(.minutes(15)),
        arguments: checks.filter { KombuDifferences.reasons[$0.name] == nil })
    func keepsItsPromise(check: BrokerCheck) async throws {
        let time = ManualTime()
        let store = try Stores.inVirtualTime(time)
        try await check.run(store, time)
        await store.close()
    }

    @Test("each difference that we admit is one of the suite's promises")
    func differencesExist() {
        let names = Set(Self.checks.map(\.name))
        for name in KombuDifferences.reasons.keys { #expect(names.contains(name)) }
    }

    @Test("docs/semantics.md lists the promises that do not hold here")
    func differencesDocumented() throws {
        try DifferenceTable(
            "redis", for: RedisStore.self, traits: Self.traits, differences: KombuDifferences.reasons
        ).check()
    }

    @Test("docs/semantics.md says what the store declares")
    func documented() throws {
        let store = try RedisStore(url: "redis://localhost", logger: .quiet)
        #expect(try TraitTable().column("redis") == TraitTable.column(of: store.traits))
    }
}
