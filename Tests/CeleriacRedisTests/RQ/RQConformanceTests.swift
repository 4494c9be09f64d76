import CeleriacCore
import CeleriacTesting
import Testing

@testable import CeleriacRQ

@Suite("RQ's layout keeps the promises of every port", .oneServer)
struct RQConformanceTests {
    static let traits = BrokerTraits(claimOrder: .arrival, priorities: false, anyNames: false, anyBytes: false)
    static let checks = BrokerCheck.all(for: RQStore.self, traits: traits)

    @Test(
        "the store keeps its promise", .timeLimit(.minutes(15)),
        arguments: checks.filter { RQDifferences.reasons[$0.name] == nil })
    func keepsItsPromise(check: BrokerCheck) async throws {
        let time = ManualTime()
        let store = try RQStores.inVirtualTime(time)
        try await check.run(store, time)
        await store.close()
    }

    @Test("each difference that we admit is one of the suite's promises")
    func differencesExist() {
        let names = Set(Self.checks.map(\.name))
        for name in RQDifferences.reasons.keys { #expect(names.contains(name), "\(name)") }
    }

    @Test("docs/semantics.md lists the promises that do not hold here")
    func differencesDocumented() throws {
        try DifferenceTable("rq", for: RQStore.self, traits: Self.traits, differences: RQDifferences.reasons).check()
    }

    @Test("docs/semantics.md says what the store declares")
    func documented() async throws {
        let store = try RQStores.inRealTime()
        #expect(try TraitTable().column("rq") == TraitTable.column(of: store.traits))
        await store.close()
    }
}
