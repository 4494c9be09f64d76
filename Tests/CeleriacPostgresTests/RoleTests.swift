import CeleriacCore
import CeleriacTesting
import PostgresClient
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

@Suite("The rights of a store's role", .serialized, .timeLimit(.minutes(15)))
struct RoleTests {
    /// All that a role needs once the tables exist; again after each migration, which may add tables.
    static func grants(to role: String, schema: String = "celeriac") -> String {
        """
        GRANT USAGE ON SCHEMA \(schema) TO \(role);
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \(schema) TO \(role);
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA \(schema) TO \(role);
        """
    }

    @Test("a role that may only use the tables and the sequences does all the work, and cannot make a table")
    func least() async throws {
        try await withOwner { owner, server, database in
            let role = try await Self.makeRole("app", server, database)
            try await server.psql(Self.grants(to: role), database: database, user: "owner_\(database)")
            let store = try Self.store(as: role, server, database)
            defer { store.close() }
            try await Workload(store).run()
            #expect(try await store.migrate().from == Migrations.version)
            for object in ["TABLE celeriac.more (a int4)", "SCHEMA more", "TEMPORARY TABLE more (a int4)"] {
                let error = await #expect(throws: PostgresError.self) { try await store.query("CREATE \(object)") }
                #expect(error?.sqlState == "42501", "\(object)")
            }
        }
    }

    @Test("a role that lacks a right is told so")
    func lacking() async throws {
        try await withOwner { owner, server, database in
            let role = try await Self.makeRole("stranger", server, database)
            let steps = [
                "SELECT 1", "GRANT USAGE ON SCHEMA celeriac TO \(role)",
                "GRANT SELECT ON ALL TABLES IN SCHEMA celeriac TO \(role)",
            ]
            for step in steps {
                try await server.psql(step, database: database, user: "owner_\(database)")
                let store = try Self.store(as: role, server, database)
                defer { store.close() }
                let error = await #expect(throws: BrokerError.self) { try await store.publish([.call("a")]) }
                #expect(error?.code == .refused, "after \(step)")
                #expect(error?.message.contains("lacks a privilege; grant") == true, "\(step): \(error?.message ?? "")")
            }
        }
    }

    /// Runs `body` with a store whose tables were made by a role that may only make a schema in its database.
    private func withOwner(_ body: (PostgresStore, PostgresServer, String) async throws -> Void) async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { database in
            try await server.psql(
                """
                REVOKE ALL ON DATABASE \(database) FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC;
                """, database: database)
            let role = try await Self.makeRole("owner", server, database)
            try await server.psql("GRANT CREATE ON DATABASE \(database) TO \(role)")
            let store = try Self.store(as: role, server, database)
            defer { store.close() }
            #expect(try await store.migrate().from == 0)
            try await body(store, server, database)
        }
    }

    /// Makes a role that may connect to the database, and nothing else.
    private static func makeRole(_ name: String, _ server: PostgresServer, _ database: String) async throws -> String {
        let role = "\(name)_\(database)"
        try await server.psql("CREATE ROLE \(role) LOGIN; GRANT CONNECT ON DATABASE \(database) TO \(role)")
        return role
    }

    private static func store(as role: String, _ server: PostgresServer, _ database: String) throws -> PostgresStore {
        try PostgresStore(
            Stores.configuration(server, database, user: role), options: .tests, time: ManualTime(), logger: .quiet)
    }
}
