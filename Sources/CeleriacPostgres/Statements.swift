import EmbeddedText
import PostgresClient

/// The statements of one store: with its schema's name and its clock.
struct Statements: Sendable {
    private let statements: [PostgresStatement]
    private let dialect: Dialect

    init(_ dialect: Dialect) {
        self.dialect = dialect
        statements = SQL.allCases.map { PostgresStatement(name: $0.name, sql: dialect.text(of: $0.file)) }
    }

    subscript(sql: SQL) -> PostgresStatement { statements[sql.rawValue] }
}

/// How the text of the files is written for one store.
struct Dialect: Sendable {
    /// A name that needs no quotes, see ``PostgresOptions/schema``.
    let schema: String
    /// Whether instants are the store's instead of the server's: for tests in virtual time.
    let hasInjectedTime: Bool

    /// Returns the text of a file with its fragments, the schema's name, and the expressions of the clocks.
    ///
    /// Both clocks are the server's: `now` decides what is due or expired, `uptime` when a lease ends.
    func text(of file: [UInt8]) -> String {
        Self.fragments.text(of: file)
            .replacing("celeriac.now()", with: hasInjectedTime ? Self.injected("now") : "pg_catalog.now()")
            .replacing("celeriac.uptime()", with: hasInjectedTime ? Self.injected("uptime") : "pg_catalog.now()")
            .replacing("celeriac.", with: schema + ".")
            .replacing("celeriac:", with: schema + ":")
    }

    private static func injected(_ clock: String) -> String {
        "pg_catalog.current_setting('celeriac_test.\(clock)')::pg_catalog.timestamptz"
    }

    /// `Statements/Fragments`, by name.
    private static let fragments = EmbeddedFragments([
        "deadLetterColumns": PackageResources.deadLetterColumns_sql,
        "entryColumns": PackageResources.entryColumns_sql,
        "messageColumns": PackageResources.messageColumns_sql,
        "noMessage": PackageResources.noMessage_sql,
        "readyPlaces": PackageResources.readyPlaces_sql,
        "recordYields": PackageResources.recordYields_sql,
        "removeMessages": PackageResources.removeMessages_sql,
    ])
}
