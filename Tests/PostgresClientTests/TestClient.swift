import PostgresClient
import PostgresUnderTest

/// A client of a database of the test's own, on the server that the tests share.
func withClient<Value>(
    _ change: (inout PostgresConfiguration) -> Void = { _ in },
    _ body: (PostgresClient) async throws -> Value
) async throws -> Value {
    let server = try await PostgresServer.shared()
    return try await server.withDatabase { name in
        try await withClient(of: server, database: name, change, body)
    }
}

/// A client of one server, closed at the end.
func withClient<Value>(
    of server: PostgresServer, database: String = "postgres",
    _ change: (inout PostgresConfiguration) -> Void = { _ in },
    _ body: (PostgresClient) async throws -> Value
) async throws -> Value {
    var configuration = PostgresConfiguration.of(server, database: database)
    change(&configuration)
    let client = PostgresClient(configuration)
    defer { client.close() }
    return try await body(client)
}

extension PostgresConfiguration {
    /// With deadlines that a busy machine keeps.
    static func of(_ server: PostgresServer, database: String = "postgres") -> PostgresConfiguration {
        PostgresConfiguration(
            hosts: [Host("127.0.0.1", port: server.port)], user: server.user, database: database,
            connectTimeout: .seconds(30), deadline: .seconds(30))
    }
}

extension PostgresClient {
    /// Runs one statement under a name that is made from its text.
    @discardableResult func rows(
        _ sql: String, _ values: [PostgresValue] = [], within deadline: Duration? = nil
    ) async throws(PostgresError) -> PostgresRows {
        try await run([.init(sql, values)], within: deadline)[0]
    }

    /// The number of the process that serves a connection.
    func processID() async throws(PostgresError) -> Int64 {
        try await rows("select pg_backend_pid()")[0].int(0)
    }
}

extension PostgresCall {
    init(_ sql: String, _ values: [PostgresValue] = []) {
        self.init(PostgresStatement(name: "test \(sql.hashValue)", sql: sql), values)
    }
}

extension PostgresRows {
    func ints() throws(PostgresError) -> [Int64] {
        var ints: [Int64] = []
        for row in self { ints.append(try row.int(0)) }
        return ints
    }
}

extension PostgresRow {
    /// All columns.
    func texts() throws(PostgresError) -> [String] {
        var texts: [String] = []
        for column in 0..<count { texts.append(try text(column)) }
        return texts
    }
}

/// The error that the body throws; `nil` if it throws none, or another one.
///
/// Not to be called inside of `#expect`: Swift 6.3 may give a closure in a macro the symbol of another closure beside
/// it, so that one of them runs in place of the other.
func failure(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
