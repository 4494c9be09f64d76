import CeleriacCore
import CeleriacPostgres
import Foundation
import PostgresClient
import PostgresUnderTest

/// A cluster of the test's own, and a store on it as in production: under a role that is no superuser, so that the test
/// itself can always log in.
struct FaultField: Sendable {
    private static let role = "app"
    let server: PostgresServer
    let database: String
    let store: PostgresStore

    /// - Parameters:
    ///   - settings: further lines of `postgresql.conf`.
    ///   - deadline: of the store's calls.
    ///   - disk: an empty folder in which the database is to lie.
    static func run(
        _ settings: [String: String] = [:], deadline: Duration = .seconds(5), disk: URL? = nil,
        _ body: (FaultField) async throws -> Void
    ) async throws {
        var options = PostgresServer.Options()
        options.settings = settings
        try await PostgresServer.run(options) { server in
            try await server.psql("CREATE ROLE \(role) LOGIN")
            try await server.withDatabase { database in
                try await server.psql("ALTER DATABASE \(database) OWNER TO \(role)")
                if let disk { try await move(database, of: server, to: disk) }
                try await withStore(server, database, deadline) { store in
                    try await body(FaultField(server: server, database: database, store: store))
                }
            }
        }
    }

    private static func withStore(
        _ server: PostgresServer, _ database: String, _ deadline: Duration, _ body: (PostgresStore) async throws -> Void
    ) async throws {
        var configuration = Stores.configuration(server, database, user: role)
        let installer = try PostgresStore(configuration, logger: .quiet)
        try await installer.migrate()
        installer.close()
        configuration.deadline = deadline
        configuration.connectTimeout = deadline
        let store = try PostgresStore(configuration, logger: .quiet)
        defer { store.close() }
        try await body(store)
    }

    private static func move(_ database: String, of server: PostgresServer, to disk: URL) async throws {
        let owner = try FileManager.default.attributesOfItem(atPath: server.folder.path)
        try FileManager.default.setAttributes(
            owner.filter { [.ownerAccountID, .groupOwnerAccountID].contains($0.key) }, ofItemAtPath: disk.path)
        try await server.psql("CREATE TABLESPACE disk LOCATION '\(disk.path)'")
        try await server.psql("ALTER DATABASE \(database) SET TABLESPACE disk")
    }

    // MARK: The operator

    /// Runs statements in the store's database as the superuser, whatever the database's default is.
    @discardableResult
    func psql(_ sql: String) async throws -> String {
        let rows = try await server.psql("SET default_transaction_read_only = off;\n\(sql)", database: database)
        return rows.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs statements that return one number.
    func number(_ sql: String) async throws -> Int { Int(try await psql(sql)) ?? -1 }

    /// Ends sessions of the store.
    ///
    /// - Parameter most: how many, chosen at random.
    /// - Returns: how many it has ended.
    func cutSessions(_ most: Int = 1_000) async throws -> Int {
        try await number(
            """
            SELECT count(pg_terminate_backend(pid)) FROM (
                SELECT pid FROM pg_stat_activity WHERE usename = '\(Self.role)' AND application_name = 'celeriac'
                ORDER BY random() LIMIT \(most)
            ) s
            """)
    }

    // MARK: Other programs

    /// Runs `body` while another program is in a transaction that has run these statements.
    func withTransaction<Value: Sendable>(
        _ statements: String..., while body: () async throws -> Value
    ) async throws -> Value {
        let program = PostgresClient(other)
        defer { program.close() }
        return try await program.withTransaction(within: .minutes(14)) { transaction in
            for statement in statements { try await transaction.query(statement) }
            return try await body()
        }
    }

    /// Runs `body` while another program holds idle connections.
    func withConnections(_ count: Int, while body: () async throws -> Void) async throws {
        var configuration = other
        configuration.mostConnections = count
        let program = PostgresClient(configuration)
        defer { program.close() }
        var transactions: [PostgresTransaction] = []
        // Each holds a connection, although it never sends a statement.
        for _ in 0..<count { transactions.append(try await program.begin(within: .minutes(14))) }
        try await body()
        for transaction in transactions { await transaction.rollback() }
    }

    /// How another program connects.
    var other: PostgresConfiguration {
        var configuration = Stores.configuration(server, database, user: Self.role)
        configuration.applicationName = "other"
        return configuration
    }
}

/// Tries until the store has done it: a fault may still pass.
func accepted<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
        do { return try await body() } catch let error as BrokerError where error.isTransient {
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// Waits until it is so. The time limit of the test is the only one.
func wait(until condition: () async throws -> Bool) async throws {
    while try await !accepted(condition) { try await Task.sleep(for: .milliseconds(10)) }
}
