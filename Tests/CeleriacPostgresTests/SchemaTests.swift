import CeleriacCore
import CeleriacTesting
import Foundation
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

@Suite("A schema is made once, is its own, and is refused with words that help", .serialized, .timeLimit(.minutes(15)))
struct SchemaTests {
    @Test("a database without tables is refused, and a migration puts it right")
    func missing() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { database in
            let store = try PostgresStore(Stores.configuration(server, database), options: .tests, logger: .quiet)
            defer { store.close() }
            try await expectRefusal(by: store, "no tables of Celeriac in the schema celeriac", "celeriac migrate")
            try await server.psql("CREATE SCHEMA celeriac", database: database)
            try await expectRefusal(by: store, "no tables of Celeriac in the schema celeriac", "celeriac migrate")
            try await store.migrate()
            #expect(try await store.publish([.call("a")]).duplicates == [:])
        }
    }

    @Test("a schema of another version is refused", arguments: [(0, "celeriac migrate"), (99, "update the program")])
    func versions(version: Int, advice: String) async throws {
        try await Stores.withStore { store, server, database in
            try await store.query("UPDATE celeriac.version SET number = \(version)")
            let words = ["the schema celeriac have version \(version)", "\(Migrations.version)", advice]
            for word in words { try await expectRefusal(by: store, word) }
            guard version > Migrations.version else { return }
            let error = await #expect(throws: BrokerError.self) { try await store.migrate() }
            #expect(error?.code == .incompatible)
            #expect(error?.message.contains(advice) == true)
            #expect(try await store.query("SELECT number FROM celeriac.version").first?.int(0) == Int64(version))
        }
    }

    @Test("a database that is not encoded in UTF-8 is refused", arguments: ["LATIN1", "SQL_ASCII"])
    func encoding(encoding: String) async throws {
        let server = try await PostgresServer.shared()
        let database = "encoded_in_\(encoding.lowercased())"
        try await server.psql(
            "CREATE DATABASE \(database) ENCODING '\(encoding)' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        let store = try PostgresStore(Stores.configuration(server, database), options: .tests, logger: .quiet)
        defer { store.close() }
        try await expectRefusal(by: store, "is encoded in \(encoding)", "ENCODING 'UTF8'")
        let error = await #expect(throws: BrokerError.self) { try await store.migrate() }
        #expect(error?.code == .incompatible)
        #expect(error?.message.contains("ENCODING 'UTF8'") == true)
        #expect(try await server.psql("SELECT to_regnamespace('celeriac') IS NULL", database: database) == "t\n")
        store.close()
        try await server.psql("DROP DATABASE \(database) WITH (FORCE)")
    }

    private func expectRefusal(by store: PostgresStore, _ words: String...) async throws {
        let error = await #expect(throws: BrokerError.self) { try await store.publish([.call("a")]) }
        #expect(error?.code == .incompatible)
        for word in words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
    }

    @Test("a migration is idempotent, and eight at once make one schema")
    func migrations() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { database in
            let stores = try (0..<8).map { _ in
                try PostgresStore(Stores.configuration(server, database), options: .tests, logger: .quiet)
            }
            defer { for store in stores { store.close() } }
            let reports = try await withThrowingTaskGroup(of: MigrationReport.self) { group in
                for store in stores { group.addTask { try await store.migrate() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.map(\.to) == Array(repeating: Migrations.version, count: 8))
            #expect(reports.map(\.from).sorted() == [0] + Array(repeating: Migrations.version, count: 7))
            #expect(try await stores[0].query("SELECT count(*) FROM celeriac.version").first?.int(0) == 1)
            for store in stores { try await store.publish([.call("a")]) }
            #expect(try await stores[0].migrate().from == Migrations.version)
            #expect(try await stores[7].counts(of: .default).ready == 1)
        }
    }

    @Test("two schemas of one database see nothing of each other")
    func twoSchemas() async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { database in
            let stores = try ["one", "two"].map { schema in
                var options = PostgresOptions.tests
                options.schema = schema
                return try PostgresStore(
                    Stores.configuration(server, database), options: options, time: ManualTime(), logger: .quiet)
            }
            defer { for store in stores { store.close() } }
            for store in stores { try await store.migrate() }
            try await Workload(stores[0]).run()
            for table in try await Self.tables(of: stores[0]) {
                let count = try await stores[0].query("SELECT count(*) FROM two.\(table)").first?.int(0)
                let first: Int64 = ["version", "upkeep"].contains(table) ? 1 : table == "generation" ? 2 : 0
                #expect(count == first, "rows of two.\(table)")
            }
            try await expectDeaf(stores[1], to: stores[0])
            try await Workload(stores[1]).run()
        }
    }

    private static func tables(of store: PostgresStore) async throws -> [String] {
        try await store.query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'two'").map { try $0.text(0) }
    }

    /// Expects that a command in the one schema reaches no node of the other.
    private func expectDeaf(_ node: PostgresStore, to asker: PostgresStore) async throws {
        let heard = Heard<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await node.serve(as: "w@host", isListening: { heard.hear("listening") }) { command in
                    heard.hear(command.name)
                    return .silence
                }
            }
            #expect(await heard.next() == "listening")
            try await asker.broadcast(ControlCommand("foreign"))
            try await node.broadcast(ControlCommand("own"))
            #expect(await heard.next() == "own")
            group.cancelAll()
            while await group.nextResult() != nil {}
        }
    }
}
