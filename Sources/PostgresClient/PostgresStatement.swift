/// A statement, prepared once for each connection.
///
/// The name stands for one SQL text in all calls of a client: a call whose text differs fails with kind `misuse`. A
/// statement with an empty name is not kept prepared.
public struct PostgresStatement: Sendable, Hashable {
    public let name: String
    /// One statement, with parameters `$1`, `$2`, …, each cast to its type: `$1::int8[]`. It must not begin or end a
    /// transaction, nor be a `COPY` from or to the client.
    public let sql: String

    public init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// Its name for errors.
    var label: String? { name.isEmpty ? nil : name }
}

/// A statement with the values of its parameters.
public struct PostgresCall: Sendable {
    public let statement: PostgresStatement
    /// The value of `$1` first.
    public let values: [PostgresValue]

    public init(_ statement: PostgresStatement, _ values: [PostgresValue] = []) {
        self.statement = statement
        self.values = values
    }

    /// libpq counts parameters in 16 bits.
    private static let mostValues = 65_535

    /// - Throws: kind `misuse` if the call cannot be sent at all.
    func check() throws(PostgresError) {
        guard values.count <= Self.mostValues else {
            throw PostgresError(
                .misuse, "\(values.count) parameters; PostgreSQL takes \(Self.mostValues)", statement: statement.label)
        }
        guard !statement.name.utf8.contains(0), !statement.sql.utf8.contains(0) else {
            throw PostgresError(.misuse, "a statement contains a NUL character", statement: statement.label)
        }
        for value in values where value.count > Int32.max {
            throw PostgresError(.misuse, "a parameter is larger than 2 GiB", statement: statement.label)
        }
    }
}
