import CPostgres

extension PostgresError {
    /// The error for a failed statement.
    ///
    /// - Parameter link: the connection, which explains itself if the server said nothing.
    static func from(_ result: QueryResult, over link: ServerLink) -> PostgresError {
        guard let sqlState = Diagnostic.sqlState.text(in: result.handle) else { return link.lost }
        let message = Diagnostic.message.text(in: result.handle) ?? ""
        return PostgresError(
            kind(of: sqlState), ErrorText.message(message, sqlState: sqlState), sqlState: sqlState,
            constraint: Diagnostic.constraint.text(in: result.handle))
    }

    /// The server ends the session: an operator or a crash (57P01 to 57P03), a database that is dropped (57P04), a session
    /// or a transaction that was idle or open for too long (57P05, 25P03, 25P04).
    private static let endsOfSessions: Set = ["57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04"]

    /// Appendix A of PostgreSQL's documentation.
    private static func kind(of sqlState: String) -> Kind {
        switch sqlState {
        case let state where endsOfSessions.contains(state): .connectionLost
        case "53300": .tooManyConnections
        default: .server
        }
    }

    /// The error for a connection that could not be opened.
    ///
    /// - Parameter text: libpq's error, written verbosely.
    static func connecting(_ text: String) -> PostgresError {
        let sqlState = ErrorText.sqlState(in: text)
        return PostgresError(connectingKind(sqlState, text), text, sqlState: sqlState)
    }

    private static func connectingKind(_ sqlState: String?, _ text: String) -> Kind {
        switch sqlState {
        case let state? where state.hasPrefix("28"): .loginRefused
        // No such database; no right to connect to it.
        case "3D000", "42501": .loginRefused
        case "53300": .tooManyConnections
        // PgBouncer has one code for all that it refuses itself.
        case "08P01": kind(of: text, [.loginRefused: poolerRefusals, .tooManyConnections: ["no more connections"]])
        case _?: .unreachable
        // The errors of libpq itself have no code. They are in English unless the program sets a locale.
        case nil: kind(of: text, [.tls: tlsRefusals, .loginRefused: ["no password supplied"]])
        }
    }

    private static let poolerRefusals = ["does not exist", "no such", "authentication failed"]
    private static let tlsRefusals = ["certificate", "SSL error", "support SSL", "private key file"]

    private static func kind(of text: String, _ signs: [Kind: [String]]) -> Kind {
        signs.first { $0.value.contains { text.contains($0) } }?.key ?? .unreachable
    }
}
