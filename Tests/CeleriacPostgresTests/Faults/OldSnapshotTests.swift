import CeleriacCore
import CeleriacPostgres
import PostgresClient
import TestKit
import Testing

extension FaultTests {
    /// Other sessions whose snapshots keep the server from removing dead rows.
    @Suite("Somebody reads for long")
    struct OldSnapshotTests {
        @Test("beside a session that sits idle in a transaction, claims pass over few of the dead rows that it keeps")
        func idleInTransaction() async throws {
            let rounds = LongRun.count(10_000, short: 1_000)
            let count = rounds * Self.batch
            try await FaultField.run(["autovacuum_naptime": "1s"], deadline: .seconds(30)) { field in
                try await field.withTransaction(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT txid_current()"
                ) {
                    try await serve(rounds, field.store)
                    try await wait { try await deadRows(field) >= count }
                }
                // The server clears them as soon as the session has ended.
                try await wait { try await deadRows(field) <= 1_000 }
                let read = try await entriesRead(field)
                print("idle in transaction: \(count) calls in \(rounds) claims, which read \(read) entries")
                // A claim from the beginning reads all that the session keeps so far: on average half of the calls.
                #expect(read < rounds * count / 5)
            }
        }

        private static let batch = 20

        /// Publishes some calls, claims and ends them, and so on: the queue stays short, as with workers that keep up.
        private func serve(_ rounds: Int, _ store: PostgresStore) async throws {
            try await store.withConsumer(ConsumerTerms([.default], lease: .minutes(1))) { consumer in
                for round in 0..<rounds {
                    try await store.publish((0..<Self.batch).map { .call(TaskID("\(round)-\($0)")) })
                    var ended = 0
                    while ended < Self.batch {
                        let deliveries = try await consumer.next(upTo: 100, from: [.default], wait: true)
                        #expect(try await store.complete(deliveries.map { .success($0) }) == [])
                        ended += deliveries.count
                    }
                }
            }
            #expect(try await store.counts(of: .default) == QueueCounts())
        }

        private func deadRows(_ field: FaultField) async throws -> Int {
            try await field.number(
                "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'celeriac.ready'::regclass")
        }

        /// How many entries of the index of ready messages were read. Sessions report it at their end.
        private func entriesRead(_ field: FaultField) async throws -> Int {
            field.store.close()
            try await wait {
                try await field.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'celeriac'") == 0
            }
            return try await field.number(
                "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'ready_by_place'")
        }

        @Test("beside eight sessions that count all calls again and again, no caller sees an error")
        func activeReaders() async throws {
            let count = LongRun.count(50_000, short: 1_500)
            try await FaultField.run(deadline: .seconds(30)) { field in
                let load = Load(field.store)
                let readers = Readers(field)
                try await load.run {
                    try await readers.run(8) {
                        try await load.growth(by: count)
                        // The last of them, too, has read beside the load.
                        try await wait { readers.fewest >= 3 }
                    }
                }
                print("active readers: \(load.accepted.count) accepted, \(readers.total) reads of all calls")
                #expect(load.errors == [:])
                #expect(try await load.lost() == [])
            }
        }
    }
}
