/// The statements that the server has prepared for one connection.
struct PreparedStatements {
    private var texts: [String: String] = [:]
    /// Whether the server must first forget all of them, because one no longer fits.
    private(set) var areStale = false

    /// The text that the name stands for at the server.
    func text(of name: String) -> String? { areStale ? nil : texts[name] }

    /// To be called only when the server has confirmed it.
    mutating func add(_ statement: PostgresStatement) { texts[statement.name] = statement.sql }

    mutating func becomeStale() { areStale = true }

    /// The server has forgotten all of them.
    mutating func clear() {
        texts.removeAll()
        areStale = false
    }

    /// Whether the error says that a prepared statement is unknown, exists already, or no longer fits its tables.
    static func isStale(_ result: QueryResult) -> Bool {
        switch Diagnostic.sqlState.text(in: result.handle) {
        case "26000", "42P05": true
        // "cached plan must not change result type", whatever the server's language.
        case "0A000": Diagnostic.function.text(in: result.handle) == "RevalidateCachedQuery"
        default: false
        }
    }
}
