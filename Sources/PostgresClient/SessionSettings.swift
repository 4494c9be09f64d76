/// The run-time settings of the sessions, as statements.
struct SessionSettings: Sendable {
    private let names: [String]
    private let values: [PostgresValue]
    /// Whether the sessions have a limit for statements, which calls with a longer deadline must raise.
    let limitsStatements: Bool

    init(_ settings: [String: String]) throws(PostgresError) {
        let sorted = settings.sorted { $0.key < $1.key }
        for (name, value) in sorted {
            guard Self.isName(name), !value.utf8.contains(0) else {
                throw PostgresError(.misuse, "\"\(name.prefix(60))\" is no valid setting")
            }
        }
        names = sorted.map(\.key)
        values = sorted.map { .text($0.value) }
        limitsStatements = settings[Self.statementTimeout] != nil
    }

    private static let statementTimeout = "statement_timeout"

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            }
    }

    /// Asks whether a pooler stands between, for the encoding, and whether the server only reads; sets the settings for
    /// the session, or only for this transaction if there is a pooler.
    ///
    /// - Parameter processID: that of the login. Behind a pooler another process runs the statements.
    func greeting(processID: Int32) -> PostgresCall {
        // Qualified, since a role's search_path may put other functions, types and operators first.
        let isPooled = "pg_catalog.pg_backend_pid() operator(pg_catalog.<>) $1::pg_catalog.int4"
        let sql = """
            select \(isPooled), pg_catalog.current_setting('server_encoding'), pg_catalog.pg_is_in_recovery() \
            or pg_catalog.current_setting('default_transaction_read_only')::pg_catalog.bool
            """
        return call(sql + columns(isLocal: isPooled, first: 2), [.int4(processID)] + values)
    }

    /// Sets the settings for one transaction; `nil` if there are none.
    var forTransaction: PostgresCall? {
        names.isEmpty ? nil : call("select null" + columns(isLocal: "true", first: 1), values)
    }

    /// Lets the statements of one transaction take as long as their call.
    static func statementTimeout(_ duration: Duration) -> PostgresCall {
        PostgresCall(
            PostgresStatement(
                name: "", sql: "select pg_catalog.set_config('\(statementTimeout)', $1::pg_catalog.text, true)"),
            [.text("\(min(duration.milliseconds, Int64(Int32.max)))")])
    }

    private func columns(isLocal: String, first: Int) -> String {
        names.enumerated().map { ", pg_catalog.set_config('\($1)', $\($0 + first)::pg_catalog.text, \(isLocal))" }
            .joined()
    }

    private func call(_ sql: String, _ values: [PostgresValue]) -> PostgresCall {
        PostgresCall(PostgresStatement(name: "", sql: sql), values)
    }
}
