import CeleriacCore
import CeleriacTesting
import Testing

@testable import CeleriacRQ

@Suite("RQ's layout keeps the promises of every port", .oneServer)
struct RQConformanceTests {
    static let checks = BrokerCheck.all(for: RQStore.self)

    @Test(
        "the store keeps its promise", .timeLimit(.minutes(1)),
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
}
