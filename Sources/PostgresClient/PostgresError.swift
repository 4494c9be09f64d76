/// An error of the client.
public struct PostgresError: Error, Sendable {
    public enum Kind: String, Sendable, Hashable {
        /// No connection could be opened.
        case unreachable
        /// The server's certificate was refused, or one side does not accept the other's terms of TLS.
        case tls
        /// The server refused the user, the password or the database.
        case loginRefused
        /// The server has no connection left.
        case tooManyConnections
        /// The connection was open and broke, or the server ended it.
        case connectionLost
        /// The time of the call was over: while it waited for a connection, or for the server.
        case deadlineExceeded
        /// The server refused a statement; see ``PostgresError/sqlState``.
        case server
        /// A value has another form than the one that the caller reads, or the server does not speak the protocol.
        case malformedAnswer
        /// The call cannot succeed: a transaction that is over, a bad name of a setting, and the like.
        case misuse
        /// The client was closed.
        case closed
    }

    public let kind: Kind
    /// The server's five characters: PostgreSQL documentation, appendix A.
    public let sqlState: String?
    /// Says what happened, in at most 500 characters. Contains no password, no value and no DETAIL of the server, which
    /// may quote rows.
    public let message: String
    /// The name of the violated constraint.
    public let constraint: String?
    /// The name of the statement that failed.
    public let statement: String?
    /// Whether the calls may have been carried out although this error was thrown.
    public let mayHaveBeenDone: Bool

    public init(
        _ kind: Kind, _ message: String, sqlState: String? = nil, constraint: String? = nil, statement: String? = nil,
        mayHaveBeenDone: Bool = false
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = String(message.prefix(Self.longestMessage))
        self.constraint = constraint
        self.statement = statement
        self.mayHaveBeenDone = mayHaveBeenDone
    }

    private static let longestMessage = 500
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        var text = kind.rawValue
        if let sqlState { text += " \(sqlState)" }
        if let statement { text += " in \"\(statement)\"" }
        text += ": \(message)"
        return mayHaveBeenDone ? text + " (it may have been done)" : text
    }
}

extension PostgresError {
    static let clientClosed = PostgresError(.closed, "the client was closed")

    static func late(_ deadline: Duration, _ what: String) -> PostgresError {
        PostgresError(.deadlineExceeded, "\(what) within \(deadline)")
    }

    /// Whether the next attempt to connect would fail in the same way.
    var isFinal: Bool {
        switch kind {
        case .tls, .loginRefused, .server, .misuse, .closed: true
        case .unreachable, .tooManyConnections, .connectionLost, .deadlineExceeded, .malformedAnswer: false
        }
    }

    /// Whether the session only reads. It may do so for good, because what `ALTER DATABASE` or `ALTER ROLE` sets
    /// reaches new sessions only, and another host may take the writes now.
    var isOfReadOnlySession: Bool { sqlState == "25006" }

    func with(statement: String?) -> PostgresError {
        PostgresError(
            kind, message, sqlState: sqlState, constraint: constraint, statement: statement,
            mayHaveBeenDone: mayHaveBeenDone)
    }

    func with(mayHaveBeenDone: Bool) -> PostgresError {
        PostgresError(
            kind, message, sqlState: sqlState, constraint: constraint, statement: statement,
            mayHaveBeenDone: mayHaveBeenDone)
    }
}
