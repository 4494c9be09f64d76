import CeleriacCore
import CeleriacTesting
import PostgresClient
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

@Suite("Enqueueing in PostgreSQL is part of the caller's own transaction", .serialized)
struct TransactionTests {
    private struct Undone: Error {}

    @Test(
        "what is published in a transaction of ours is there once it is committed, and wakes who waits",
        .timeLimit(.minutes(15)))
    func committed() async throws {
        try await Stores.withStore { store, server, database in
            try await server.psql("CREATE TABLE member (name text)", database: database)
            async let claimed = store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
                let deliveries = try await consumer.next(upTo: 1, from: [.default], wait: true)
                _ = try await consumer.settle(deliveries.map { ($0.receipt, .ack) })
                return deliveries.map(\.id)
            }
            try await store.withTransaction { transaction in
                try await transaction.query("INSERT INTO member VALUES ($1)", [.text("Ada")])
                try await store.publish([.sample("a")], in: transaction)
            }
            let ids = try await claimed
            #expect(ids == ["a"])
            let members = try await server.psql("SELECT name FROM member", database: database)
            #expect(members.contains("Ada"))
        }
    }

    @Test("what is published in a transaction of ours that is rolled back never was")
    func rolledBack() async throws {
        try await Stores.withStore { store, server, database in
            try await server.psql("CREATE TABLE member (name text)", database: database)
            await #expect(throws: Undone.self) {
                try await store.withTransaction { transaction in
                    try await transaction.query("INSERT INTO member VALUES ($1)", [.text("Ada")])
                    try await store.publish([.sample("a", to: "new"), .sample("b", to: "new")], in: transaction)
                    throw Undone()
                }
            }
            let left = try await server.psql(
                "SELECT (SELECT count(*) FROM member), (SELECT count(*) FROM celeriac.call)", database: database)
            #expect(left.contains("0|0"))
            #expect(try await store.queues() == [])
            // The queue that was undone is made again.
            try await store.publish([.sample("a", to: "new")])
            #expect(try await store.counts(of: "new").ready == 1)
        }
    }

    @Test("duplicates are reported within a transaction too, those of its own calls among them")
    func duplicates() async throws {
        try await Stores.withStore { store, _, _ in
            try await store.publish([.sample("a")])
            let report = try await store.withTransaction { transaction in
                try await store.publish([.sample("b")], in: transaction)
                return try await store.publish([.sample("a"), .sample("b"), .sample("c")], in: transaction)
            }
            #expect(report.duplicates == ["a": "a", "b": "b"])
        }
    }

    @Test("the caller's own statements keep the settings of the caller's role")
    func settings() async throws {
        try await Stores.withStore { store, _, _ in
            try await store.withTransaction { transaction in
                let before = try await transaction.query("SELECT current_setting('enable_seqscan')").first?.text(0)
                try await store.publish([.sample("a")], in: transaction)
                let after = try await transaction.query("SELECT current_setting('enable_seqscan')").first?.text(0)
                #expect(before == "on")
                #expect(after == "on")
            }
        }
    }

    @Test("a transaction that is over is refused, with what to do")
    func over() async throws {
        try await Stores.withStore { store, _, _ in
            let transaction = try await store.withTransaction { $0 }
            let error = await #expect(throws: BrokerError.self) {
                try await store.publish([.sample("a")], in: transaction)
            }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("withTransaction") == true)
        }
    }
}
