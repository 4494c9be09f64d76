import CeleriacCore
import CeleriacTesting
import GRDB
import Testing

@testable import CeleriacSQLite

@Suite("Enqueueing is part of the caller's own transaction", .serialized)
struct TransactionTests {
    private struct Undone: Error {}

    /// The store writes at the same time: the caller's connection waits for it, as a program's should.
    private static var patient: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        return configuration
    }

    @Test(
        "what is published in a transaction is there once it is committed, and wakes who waits",
        .timeLimit(.minutes(15))
    )
    func committed() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        let database = try DatabasePool(path: scratch.path, configuration: Self.patient)
        async let claimed = store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
            let deliveries = try await consumer.next(upTo: 1, from: [.default], wait: true)
            _ = try await consumer.settle(deliveries.map { ($0.receipt, .ack) })
            return deliveries.map(\.id)
        }
        try await database.write { db in
            try db.execute(sql: "CREATE TABLE users (name); INSERT INTO users VALUES ('Ada')")
            try store.publish([.sample("a")], in: db)
        }
        // The clock of this test stands still, so no poll can have found it.
        #expect(try await claimed == ["a"])
    }

    @Test("the store takes part in transactions of GRDB's")
    func isTransactional() {
        func transaction<Store: TransactionalBroker>(of _: Store.Type) -> Any.Type { Store.Transaction.self }
        let isOfGRDB = transaction(of: SQLiteStore.self) == Database.self
        #expect(isOfGRDB)
    }

    @Test("what is published in a transaction that is rolled back never was")
    func rolledBack() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        let database = try DatabaseQueue(path: scratch.path, configuration: Self.patient)
        await #expect(throws: Undone.self) {
            try await database.write { db in
                try store.publish([.sample("a", to: "new")], in: db)
                throw Undone()
            }
        }
        #expect(try await store.drain("new") == [])
        #expect(try await store.queues() == [])
        try await store.publish([.sample("a", to: "new")])
        #expect(try await store.drain("new") == ["a"])
    }

    @Test("duplicates are reported within the transaction too")
    func duplicates() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        try await store.publish([.sample("a")])
        let database = try DatabaseQueue(path: scratch.path, configuration: Self.patient)
        let report = try await database.write { try store.publish([.sample("a"), .sample("'; DROP TABLE x")], in: $0) }
        #expect(report.duplicates == ["a": "a"])
        #expect(try await store.drain() == ["a", "'; DROP TABLE x"])
    }

    @Test("outside of a transaction it is refused")
    func outside() async throws {
        let scratch = try Scratch()
        let store = try scratch.store()
        let error = try await brokerError {
            try scratch.change { db in _ = try store.publish([.sample("a")], in: db) }
        }
        #expect(error?.code == .refused)
    }
}
