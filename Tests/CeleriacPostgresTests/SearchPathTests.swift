import CeleriacCore
import CeleriacTesting
import PostgresClient
import PostgresUnderTest
import Testing

@testable import CeleriacPostgres

@Suite("The search_path of a role or a database changes nothing", .serialized, .timeLimit(.minutes(15)))
struct SearchPathTests {
    /// Where the hostile schema stands. PostgreSQL looks into `pg_catalog` first unless the path names it.
    enum Path: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case besideCatalog = "evil"
        case beforeCatalog = "evil, pg_catalog"

        var testDescription: String { rawValue }
    }

    enum Owner: String, CaseIterable, Sendable { case role, database }

    @Test(
        "a store works although a hostile schema shadows functions, operators, types and tables",
        arguments: Path.allCases, Owner.allCases)
    func store(path: Path, owner: Owner) async throws {
        try await Stores.withStore { store, server, database in
            let role = try await Self.makeHostile(path, of: owner, server, database)
            try await server.psql(RoleTests.grants(to: role), database: database)
            let guest = try PostgresStore(
                Stores.configuration(server, database, user: role), options: .tests, time: ManualTime(), logger: .quiet)
            defer { guest.close() }
            #expect(try await guest.query("SHOW search_path").first?.text(0) == path.rawValue)
            try await Workload(guest).run()
        }
    }

    @Test(
        "the tables are made although a hostile schema shadows functions, operators, types and tables",
        arguments: Path.allCases)
    func migration(path: Path) async throws {
        let server = try await PostgresServer.shared()
        try await server.withDatabase { database in
            let role = try await Self.makeHostile(path, of: .role, server, database)
            try await server.psql("GRANT CREATE ON DATABASE \(database) TO \(role)")
            let store = try PostgresStore(
                Stores.configuration(server, database, user: role), options: .tests, time: ManualTime(), logger: .quiet)
            defer { store.close() }
            #expect(try await store.migrate().from == 0)
            try await server.psql("ALTER ROLE \(role) RESET search_path")
            let types = try await server.psql(
                """
                SELECT count(*) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.relnamespace = 'celeriac'::regnamespace AND t.typnamespace = 'evil'::regnamespace
                """, database: database)
            #expect(types == "0\n")
            try await Workload(store).run()
        }
    }

    /// - Returns: a role that finds the hostile schema first, without any other right.
    private static func makeHostile(
        _ path: Path, of owner: Owner, _ server: PostgresServer, _ database: String
    ) async throws -> String {
        let role = "guest_\(database)"
        let setting = owner == .role ? "ROLE \(role)" : "DATABASE \(database)"
        try await server.psql(
            "\(hostileSchema); CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA evil TO \(role); "
                + "GRANT ALL ON ALL TABLES IN SCHEMA evil TO \(role); ALTER \(setting) SET search_path = \(path.rawValue)",
            database: database)
        return role
    }

    /// Functions and operators that fail, types that take no value, and tables that lead astray.
    private static var hostileSchema: String {
        let functions = [
            "unnest(text[])": "SETOF text", "unnest(int8[])": "SETOF int8", "now()": "timestamptz",
            "clock_timestamp()": "timestamptz", "nextval(text)": "int8", "nextval(regclass)": "int8",
            "pg_notify(text, text)": "void", "set_config(text, text, boolean)": "text", "current_setting(text)": "text",
            "pg_backend_pid()": "int4", "to_regclass(text)": "regclass", "hashtext(text)": "int4",
            "pg_advisory_xact_lock(bigint)": "void", "length(bytea)": "int4", "octet_length(text)": "int4",
            "row_number()": "int8", "same(text, text)": "boolean", "same(int8, int8)": "boolean",
            "same(int4, int4)": "boolean", "same(timestamptz, timestamptz)": "boolean",
        ]
        let tables = ["call", "ready", "queue", "lease", "version", "mail", "pg_class", "pg_settings"]
        let signatures = functions.sorted { $0.key < $1.key }
        return
            (["CREATE SCHEMA evil"]
            + signatures.map { name, type in
                "CREATE FUNCTION evil.\(name) RETURNS \(type) LANGUAGE plpgsql AS "
                    + "$$ BEGIN RAISE EXCEPTION 'evil.\(name)'; END $$"
            }
            + ["text", "int8", "int4", "timestamptz"].flatMap { type in
                ["=", "<", "<=", ">"].map { name in
                    "CREATE OPERATOR evil.\(name) (LEFTARG = \(type), RIGHTARG = \(type), FUNCTION = evil.same)"
                }
            }
            + tables.map { "CREATE TABLE evil.\($0) (number int4); INSERT INTO evil.\($0) VALUES (99)" }
            + ["text", "int8", "int4", "timestamptz", "bytea"].map {
                "CREATE DOMAIN evil.\($0) AS pg_catalog.\($0) CHECK (VALUE IS NULL)"
            }).joined(separator: ";\n")
    }
}
