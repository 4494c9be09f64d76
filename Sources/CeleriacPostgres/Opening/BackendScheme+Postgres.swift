public import CeleriacCore
public import Logging

extension BackendScheme {
    /// One PostgreSQL database, for queues and results:
    ///
    /// - `postgres://user:password@host:5432/database` (or `postgresql://…`), with TLS and a checked certificate unless the
    ///   host is this machine;
    /// - `postgres://one:5432;two:5432/database` for several hosts: the first that may be written is used;
    /// - `postgres:///database?host=/run/postgresql` for a Unix socket; `postgres://?service=name` for an entry of
    ///   `pg_service.conf`.
    ///
    /// Options: `schema`, `durability` (`full`, `relaxed`), `connections`, see ``PostgresOptions``; `sslmode`
    /// (`verify-full`, `verify-ca`, `require`, `prefer`, `disable`), `sslrootcert`, `sslcert`, `sslkey`; `passfile`,
    /// `service`, `host`, `application_name`, `connect_timeout_ms`, `deadline_ms`.
    ///
    /// The tables must exist: see ``PostgresStore/migrate()`` and `celeriac migrate`.
    public static let postgres = BackendScheme(PostgresAddress.schemes) { url, time in
        let address = try PostgresAddress(url)
        return Backend(try PostgresStore(address.configuration, options: address.options, time: time))
    }
}

extension PostgresStore {
    /// Opens a store by URL, as ``CeleriacCore/BackendScheme/postgres`` does. It connects at the first use.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidURL`, without any part that could be secret.
    public convenience init(
        url: String, time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac.postgres")
    ) throws {
        let address = try PostgresAddress(BackendURL(url))
        try self.init(address.configuration, options: address.options, time: time, logger: logger)
    }
}
