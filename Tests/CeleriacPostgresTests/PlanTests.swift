import CeleriacCore
import Foundation
import PostgresClient
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

@Suite("Every statement finds its rows by an index", .serialized, .timeLimit(.minutes(15)))
struct PlanTests {
    /// What the planner may know of the tables that grow and shrink.
    enum Tables: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case fresh
        /// Rows came and went, and nothing has cleaned up.
        case bloated
        /// The same, and statistics were taken when no row was left.
        case bloatedAndAnalyzed = "bloated and analyzed"
        /// Statistics were taken while no table had a row.
        case emptyAndAnalyzed = "empty and analyzed"
        case fullAndAnalyzed = "full and analyzed"

        var testDescription: String { rawValue }

        func prepare(_ store: PostgresStore, _ server: PostgresServer, in database: String) async throws {
            let tables = PostgresStore.busyTables.map { "celeriac.\($0)" }
            let delete = tables.map { "DELETE FROM \($0);" }.joined()
            let analyze = "ANALYZE;"
            let steps =
                switch self {
                case .fresh: ""
                case .bloated: Self.fill + delete
                case .bloatedAndAnalyzed: Self.fill + delete + analyze
                case .emptyAndAnalyzed: analyze
                case .fullAndAnalyzed: Self.fill + analyze
                }
            try await store.stopAutovacuum()
            try await server.psql(steps, database: database)
        }

        /// 30,000 rows in each table, without the trigger that counts dead letters.
        private static let fill = """
            SET session_replication_role = replica;
            INSERT INTO celeriac.queue (name) SELECT 'queue ' || n FROM generate_series(1, 20) AS n;
            INSERT INTO celeriac.call (id, queue, rank, place, enqueued_at, headers, body)
                SELECT n, 1 + n % 20, 11, now(), now(), '{}', repeat('x', 500)::bytea
                FROM generate_series(1, 30000) AS n;
            INSERT INTO celeriac.ready SELECT queue, rank, place, number, 0, false FROM celeriac.call;
            INSERT INTO celeriac.delayed SELECT queue, place, number, 0 FROM celeriac.call;
            INSERT INTO celeriac.lease SELECT number, number, number % 50, now(), 1 FROM celeriac.call;
            INSERT INTO celeriac.dead (id, queue, rank, reason, died_at, enqueued_at, deliveries, headers, body)
                SELECT id, queue, rank, 'broken', now(), now(), 1, headers, body FROM celeriac.call;

            """
    }

    /// The tables that may become large.
    private static let tables =
        PostgresStore.busyTables + ["chord", "chord_body", "chord_extension", "chord_part", "revocation"]

    @Test("no statement reads a large table from end to end, whatever the planner knows", arguments: Tables.allCases)
    func plans(tables: Tables) async throws {
        try await Stores.withStore { store, server, database in
            try await tables.prepare(store, server, in: database)
            for sql in SQL.allCases {
                let plan = try await store.plan(of: sql)
                let read = Set(plan.tablesReadWhole).intersection(Self.tables)
                #expect(read == [], "\(sql):\n\(plan.joined(separator: "\n"))")
                #expect(!plan.contains { $0.contains("Gather") }, "\(sql) is spread over several processes")
            }
        }
    }

    @Test("a claim reads the first messages of a queue in the order of their index", arguments: Tables.allCases)
    func order(tables: Tables) async throws {
        try await Stores.withStore { store, server, database in
            try await tables.prepare(store, server, in: database)
            let plan = try await store.plan(of: .claim)
            #expect(plan.contains { $0.contains("Index Scan using ready_by_place on ready") }, "\(plan)")
        }
    }

    @Test("every connection of the store's statements has the settings that pin its plans")
    func pins() async throws {
        try await Stores.withStore { store, _, _ in
            for client in [store.durable, store.relaxed] {
                for (name, value) in PostgresConfiguration.pins {
                    let rows = try await client.withTransaction { try await $0.query("SHOW \(name)") }
                    #expect(try rows.first?.text(0) == value, "\(name)")
                }
            }
        }
    }

    @Test("all that an app asks of a store together reads no busy table from end to end")
    func work() async throws {
        try await Stores.withStillStore { store, server, database in
            try await Tables.bloated.prepare(store, server, in: database)
            let before = try await store.statistics("seq_scan")
            try await Workload(store).run()
            let after = try await store.statistics("seq_scan")
            for table in PostgresStore.busyTables { #expect(after[table] == before[table], "of \(table)") }
        }
    }

    @Test("a caller's own transaction has its own settings again after a call was published in it")
    func guests() async throws {
        try await Stores.withStore { store, _, _ in
            let own = ["enable_seqscan": "on", "enable_hashjoin": "off", "plan_cache_mode": "force_custom_plan"]
            try await store.withTransaction { transaction in
                for (name, value) in own { try await transaction.query("SET LOCAL \(name) = \(value)") }
                try await transaction.query("SET LOCAL search_path = elsewhere")
                try await store.publish([.call("a")], in: transaction)
                for (name, value) in own.merging(["search_path": "elsewhere"], uniquingKeysWith: { $1 }) {
                    let setting = try await transaction.query("SHOW \(name)").first?.text(0)
                    #expect(setting == value, "\(name)")
                }
            }
        }
    }
}

extension PostgresStore {
    /// The plan of a statement as the store prepares it: one plan for all values, on a connection with the store's
    /// settings.
    func plan(of sql: SQL) async throws -> [String] {
        try await relaxed.withTransaction { transaction in
            try await transaction.query("PREPARE explained AS \(statements[sql].sql)")
            let rows = try await transaction.query(
                "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'explained'")
            let values = Array(repeating: "NULL", count: Int(try rows.first?.int(0) ?? 0)).joined(separator: ", ")
            let plan = try await transaction.query("EXPLAIN EXECUTE explained" + (values.isEmpty ? "" : "(\(values))"))
            try await transaction.query("DEALLOCATE explained")
            return try plan.map { try $0.text(0) }
        }
    }
}

extension [String] {
    /// The tables that a plan reads from end to end: one row after the other, or by an index without a condition.
    var tablesReadWhole: [String] {
        enumerated().compactMap { index, line in
            guard !line.contains("CTE Scan"), let scan = line.range(of: " Scan "),
                let on = line.range(of: " on ", range: scan.lowerBound..<line.endIndex)
            else { return nil }
            let details = self[(index + 1)...].prefix { !$0.contains("->") }
            let hasCondition = details.contains { line in
                ["Index Cond:", "Recheck Cond:", "TID Cond:"].contains { line.contains($0) }
            }
            return hasCondition ? nil : String(line[on.upperBound...].prefix { $0 != " " })
        }
    }
}
