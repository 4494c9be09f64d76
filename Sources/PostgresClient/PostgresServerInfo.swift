/// What the client learned about the server when it last connected.
public struct PostgresServerInfo: Sendable, Hashable {
    /// libpq's form: 150004 for 15.4.
    public let version: Int
    /// Whether a pooler, such as PgBouncer, stands between: the process that runs the statements is not the one that
    /// the server named at login. Statements are then not kept prepared, and each transaction starts with the settings.
    public let isPooled: Bool
    /// The encoding of the database, for example "UTF8".
    public let encoding: String
    /// Whether the server is a standby, or its transactions only read by default.
    public let isReadOnly: Bool

    public init(version: Int, isPooled: Bool, encoding: String, isReadOnly: Bool) {
        self.version = version
        self.isPooled = isPooled
        self.encoding = encoding
        self.isReadOnly = isReadOnly
    }
}
