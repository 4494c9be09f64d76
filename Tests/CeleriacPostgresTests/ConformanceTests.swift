import CeleriacCore
import CeleriacTesting
import Testing

@testable import CeleriacPostgres

// One after the other: each store has a database and connections of its own.
@Suite("PostgreSQL keeps the promises of every port", .serialized)
struct ConformanceTests {
    static let checks = BrokerCheck.all(for: PostgresStore.self)

    @Test("the store keeps its promise", .timeLimit(.minutes(15)), arguments: checks)
    func keepsItsPromise(check: BrokerCheck) async throws {
        try await Stores.withVirtualTime { store, time in try await check.run(store, time) }
    }

    @Test("docs/semantics.md lists the promises that do not hold here")
    func differencesDocumented() throws {
        try DifferenceTable("postgres", for: PostgresStore.self).check()
    }

    @Test("docs/semantics.md says what the store declares")
    func documented() throws {
        let store = try PostgresStore(url: "postgres://localhost/tests", logger: .quiet)
        defer { store.close() }
        #expect(try TraitTable().column("postgres") == TraitTable.column(of: store.traits))
    }
}
