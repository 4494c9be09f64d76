import CeleriacCore
import CeleriacTesting
import Logging
import PostgresClient
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

@Suite("Behind a pooler in transaction mode the store works by looking", .serialized)
struct PoolerTests {
    @Test("calls are published, claimed and settled, and a log line says what is missing", .timeLimit(.minutes(15)))
    func works() async throws {
        let log = LogLines()
        try await Stores.withStore { direct, server, database in
            try await PgBouncer.run(before: server) { pooler in
                var configuration = Stores.configuration(server, database)
                configuration.hosts = [.init("127.0.0.1", port: pooler.port)]
                let store = try PostgresStore(configuration, options: .tests, logger: log.logger)
                defer { store.close() }
                let ids = (0..<50).map { TaskID("\($0)") }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for id in ids { group.addTask { try await store.publish([.sample(id)]) } }
                    try await group.waitForAll()
                }
                let drained = try await store.drain()
                #expect(Set(drained) == Set(ids))
                // Published past the pooler: nothing can tell this store, so it finds the message by looking.
                async let found = store.withConsumer(ConsumerTerms([.default], lease: .seconds(30))) { consumer in
                    try await consumer.next(upTo: 1, from: [.default], wait: true).map(\.id)
                }
                try await direct.publish([.sample("late")])
                let late = try await found
                #expect(late == ["late"])
                while !log.lines.contains(where: { $0.contains("once a second") }) {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
    }

    @Test("a transaction of ours enqueues through the pooler too")
    func transaction() async throws {
        try await Stores.withStore { direct, server, database in
            try await PgBouncer.run(before: server) { pooler in
                var configuration = Stores.configuration(server, database)
                configuration.hosts = [.init("127.0.0.1", port: pooler.port)]
                let store = try PostgresStore(configuration, options: .tests, logger: .quiet)
                defer { store.close() }
                try await store.withTransaction { transaction in
                    try await transaction.query("CREATE TABLE member (name text)")
                    try await store.publish([.sample("a")], in: transaction)
                }
                let counts = try await direct.counts(of: .default)
                #expect(counts.ready == 1)
            }
        }
    }
}
