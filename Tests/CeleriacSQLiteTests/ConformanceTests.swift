import CeleriacCore
import CeleriacSQLite
import CeleriacTesting
import Testing

// One after the other: each store holds several descriptors.
@Suite("SQLite keeps the promises of every port", .serialized)
struct ConformanceTests {
    @Test("the store keeps its promise", .timeLimit(.minutes(15)), arguments: BrokerCheck.all(for: SQLiteStore.self))
    func keepsItsPromise(check: BrokerCheck) async throws {
        let scratch = try Scratch()
        let time = ManualTime()
        let store = try scratch.store(time: time) { $0.deadLetters = .init(count: 500, bytes: 1 << 20) }
        defer { store.close() }
        try await check.run(store, time)
    }

    @Test("docs/semantics.md lists the promises that do not hold here")
    func differencesDocumented() throws {
        try DifferenceTable("sqlite", for: SQLiteStore.self).check()
    }

    @Test("docs/semantics.md says what the store declares")
    func documented() throws {
        let store = try Scratch().store()
        defer { store.close() }
        #expect(try TraitTable().column("sqlite") == TraitTable.column(of: store.traits))
    }
}
