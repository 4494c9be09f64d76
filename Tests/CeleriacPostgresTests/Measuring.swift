import CeleriacCore
import CeleriacTesting
import Foundation
import PostgresClient
import PostgresUnderTest
import StoreKit

@testable import CeleriacPostgres

extension Stores {
    /// Runs `body` with a store that has the statements of production and a clock that stands still: nothing that is done
    /// once a second is done between two claims.
    static func withStillStore<Value>(
        _ body: (PostgresStore, PostgresServer, String) async throws -> Value
    ) async throws -> Value {
        let server = try await PostgresServer.shared()
        return try await server.withDatabase { database in
            let store = try PostgresStore(
                configuration(server, database), options: .tests, time: ManualTime(), logger: .quiet)
            try await store.migrate()
            defer { store.close() }
            return try await body(store, server, database)
        }
    }
}

extension PostgresStore {
    /// The tables that grow and shrink with the load.
    static let busyTables = ["call", "ready", "delayed", "lease", "dead"]

    /// Runs a statement on a connection with the settings of the role, as a caller would.
    @discardableResult func query(_ sql: String, _ values: [PostgresValue] = []) async throws -> PostgresRows {
        try await open.withTransaction(within: .minutes(5)) { try await $0.query(sql, values) }
    }

    /// Leaves dead rows where they are until the test itself vacuums.
    func stopAutovacuum() async throws {
        for table in Self.busyTables { try await query("ALTER TABLE celeriac.\(table) SET (autovacuum_enabled = off)") }
    }

    /// Fills the default queue with ready messages, published 100 microseconds apart in the last hours.
    func fill(with count: Int, bodyBytes: Int = 500) async throws {
        let sample = StoredMessage(.call("sample"))
        let id = try await query("INSERT INTO celeriac.queue (name) VALUES ('celery') RETURNING number").first?.int(0)
        try await query(
            """
            WITH added AS (
                INSERT INTO celeriac.call (id, queue, rank, place, enqueued_at, headers, body)
                SELECT 'filled ' || n, $1::int8, $2::int2, now() - interval '3 hours' + n * interval '0.1 ms', now(),
                    convert_to(replace(convert_from($3::bytea, 'UTF8'), 'sample', 'filled ' || n), 'UTF8'),
                    convert_to(repeat('x', $4::int4), 'UTF8')
                FROM generate_series(1, $5::int8) AS n
                RETURNING number, queue, rank, place
            )
            INSERT INTO celeriac.ready SELECT queue, rank, place, number, 0, false FROM added
            """,
            [
                .int(id), .int2(Place.rank(.normal)), .bytes(sample.headers), .int4(Int32(bodyBytes)),
                .int(Int64(count)),
            ])
    }

    /// Claims messages of the default queue as a consumer does.
    func claimed(_ limit: Int, for lease: Duration = .minutes(10)) async throws -> [ClaimedMessage] {
        try await claim(upTo: limit, from: [.default], for: 1, lease: lease, at: time.uptime)
    }

    // MARK: The server's statistics

    /// Lets the sessions of this store report what they have counted so far; otherwise a session does so once a second.
    func reportStatistics() async throws {
        let report = PostgresCall(PostgresStatement(name: "", sql: "SELECT pg_stat_force_next_flush()"))
        for client in [durable, relaxed, open] { _ = try await client.run([report]) }
    }

    /// Carries out `body`, and counts the pages that it has read or written, by table and by index.
    func pages(touchedBy body: () async throws -> Void) async throws -> [String: Int64] {
        let before = try await pagesSoFar()
        try await body()
        return try await pagesSoFar().merging(before) { $0 - $1 }
    }

    private func pagesSoFar() async throws -> [String: Int64] {
        try await reportStatistics()
        let rows = try await query(
            """
            SELECT relname::text, heap_blks_read + heap_blks_hit FROM pg_statio_user_tables WHERE schemaname = 'celeriac'
            UNION ALL
            SELECT indexrelname::text, idx_blks_read + idx_blks_hit FROM pg_statio_user_indexes
            WHERE schemaname = 'celeriac'
            """)
        var pages: [String: Int64] = [:]
        for row in rows { pages[try row.text(0)] = try row.int(1) }
        return pages
    }

    /// A column of `pg_stat_user_tables`, by table.
    func statistics(_ column: String) async throws -> [String: Int64] {
        try await reportStatistics()
        let rows = try await query(
            "SELECT relname::text, \(column) FROM pg_stat_user_tables WHERE schemaname = 'celeriac'")
        var values: [String: Int64] = [:]
        for row in rows { values[try row.text(0)] = try row.int(1) }
        return values
    }
}

extension [String: Int64] {
    var total: Int64 { values.reduce(0, +) }

    /// The total and what it consists of, the largest first.
    var summary: String {
        let parts = filter { $0.value != 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return "\(total): " + parts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

extension Envelope {
    /// A call of `tests.sample`.
    static func call(_ id: TaskID, bytes: Int = 20) -> Envelope {
        Envelope(headers: MessageHeaders(id: id, task: "tests.sample"), body: Array(repeating: 0x20, count: bytes))
    }
}

extension Publication {
    static func call(
        _ id: TaskID, to queue: QueueName = .default, notBefore: Date? = nil, unique: UniqueClaim? = nil,
        bytes: Int = 20
    ) -> Publication {
        Publication(.call(id, bytes: bytes), to: queue, notBefore: notBefore, unique: unique)
    }
}
