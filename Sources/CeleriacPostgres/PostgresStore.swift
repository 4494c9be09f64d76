public import CeleriacCore
import CeleriacLogging
import CeleriacWire
import Foundation
public import Logging
public import PostgresClient
import StoreKit
import Synchronization

/// A broker and result backend in a PostgreSQL database, from version 12 on, for any number of processes.
///
/// ```swift
/// let store = try PostgresStore(url: "postgres://app@db.example/app")
/// try await store.migrate()                       // once, by whoever may create tables
/// try await store.publish([Publication(envelope, to: "mail")])
/// ```
///
/// - What `publish` or `complete` has done is committed, and on the server's disk, when the call returns; simultaneous
///   calls share a commit.
/// - Time is the server's: what is due, when a lease ends, when a record expires.
/// - Workers wake by NOTIFY. Behind a pooler in transaction mode they look once a second instead; a log line says so.
/// - All tables lie in one schema, so the database may be your application's own: see ``publish(_:in:)`` and the SQL
///   function `celeriac.enqueue` for calls that exist if, and only if, your own rows do.
public final class PostgresStore: Sendable {
    /// Which connections a statement uses.
    enum Lane: Sendable {
        /// Commits wait for the disk, unless ``PostgresOptions/durability`` is relaxed.
        case durable
        /// Commits do not wait: for claims, renewals and reads. What a crash undoes of these, it would have ended anyway.
        case relaxed
    }

    public let transport = "postgres"
    public let options: PostgresOptions
    /// The address without its password.
    let address: String
    let durable: PostgresClient
    let relaxed: PostgresClient
    /// Connections without the store's planner settings: for the caller's own transactions.
    let open: PostgresClient
    let time: any TimeSource
    let hasInjectedTime: Bool
    let logger: Logger
    let dialect: Dialect
    let statements: Statements
    /// The longest time that a call of the store may take.
    let deadline: Duration
    let clock: ServerClock
    let wakeUps = WakeUps()
    let outlook = Outlook()
    let knownQueues = KnownQueues()
    let noticeBoard: NoticeBoard
    let mailroom: Mailroom
    let mailboxClock = MailboxClock()
    let isChecked = Atomic(false)
    let publications: Gatherer<[StoredPublication], Result<PublishReport, any Error>>
    let ends: Gatherer<[StoredCompletion], Result<EndReport, any Error>>
    let changes: Gatherer<[StoredChange], Result<Void, any Error>>
    let reads: Gatherer<TaskID, Result<TaskRecord?, any Error>>

    init(
        _ configuration: PostgresConfiguration, options: PostgresOptions = PostgresOptions(), time: any TimeSource,
        hasInjectedTime: Bool, logger: Logger
    ) throws {
        guard PostgresOptions.isSchema(options.schema) else {
            throw CeleriacError(
                .invalidConfiguration,
                "the schema of a PostgreSQL store must be 1 to 40 lower-case letters, digits and underscores, begin with a "
                    + "letter and not with pg_")
        }
        let logger = logger.escapingMetadata
        self.options = options
        self.time = time
        self.hasInjectedTime = hasInjectedTime
        self.logger = logger
        address = configuration.place
        let pinned = configuration.pinned(options)
        durable = PostgresClient(pinned.durable, logger: logger)
        relaxed = PostgresClient(pinned.relaxed, logger: logger)
        open = PostgresClient(pinned.open, logger: logger)
        dialect = Dialect(schema: options.schema, hasInjectedTime: hasInjectedTime)
        statements = Statements(dialect)
        clock = ServerClock(logger)
        mailroom = Mailroom()
        noticeBoard = NoticeBoard(
            configuration, options.schema, wakeUps: wakeUps, outlook: outlook, mailroom: mailroom, logger: logger)
        let deadline = configuration.deadline
        self.deadline = deadline
        publications = Gatherer(most: 1_000, mostCalls: 2, deadline: deadline, on: globalConcurrentExecutor) {
            $0.count
        }
        ends = Gatherer(most: 1_000, deadline: deadline, on: globalConcurrentExecutor) { $0.count }
        changes = Gatherer(most: 1_000, deadline: deadline, on: globalConcurrentExecutor) { $0.count }
        reads = Gatherer(most: Self.recordsPerRead, deadline: deadline, on: globalConcurrentExecutor) { _ in 1 }
    }

    /// Makes a store; it connects at the first use.
    ///
    /// - Parameter time: used only for deadlines and pauses; instants are the server's.
    /// - Throws: ``CeleriacError`` with code `invalidConfiguration` for an unusable schema.
    public convenience init(
        _ configuration: PostgresConfiguration, options: PostgresOptions = PostgresOptions(),
        time: any TimeSource = SystemTime(), logger: Logger = Logger(label: "celeriac.postgres")
    ) throws {
        try self.init(configuration, options: options, time: time, hasInjectedTime: false, logger: logger)
    }

    deinit { close() }

    /// Closes all connections. Calls under way and later ones throw ``BrokerError`` with code `closed`. Idempotent.
    public func close() {
        noticeBoard.close()
        for client in [durable, relaxed, open] { client.close() }
        wakeUps.ringAll()
    }

    /// The statement that sets the clocks of a store in virtual time.
    var clocks: [PostgresCall] {
        guard hasInjectedTime else { return [] }
        let uptime = Date(timeIntervalSince1970: time.uptime.seconds)
        return [PostgresCall(Self.setClocks, [.date(time.now), .date(uptime)])]
    }

    private static let setClocks = PostgresStatement(
        name: "celeriac_set_clocks",
        sql: """
            SELECT set_config('celeriac_test.now', $1::timestamptz::text, true),
                set_config('celeriac_test.uptime', $2::timestamptz::text, true)
            """)
}

extension PostgresStore: PatientStore {
    public func failAtFirst() {
        for client in [durable, relaxed, open] { client.failAtFirst() }
    }
}

extension PostgresConfiguration {
    /// The address as errors show it: hosts and database, or the service.
    fileprivate var place: String {
        let names = hosts.map { host in host.port.map { "\(host.name):\($0)" } ?? host.name }
        let server =
            names.isEmpty ? service.map { "the service \($0)" } ?? "the default host" : names.joined(separator: ";")
        return database.map { "\(server)/\($0)" } ?? server
    }

    static let pins = [
        "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "jit": "off",
        "plan_cache_mode": "force_generic_plan",
    ]

    /// The settings of a store's connections.
    ///
    /// The plans are pinned: `ready` and `lease` are empty whenever the server analyses them, and it would then read the
    /// whole of a table that holds only dead rows.
    fileprivate func pinned(
        _ options: PostgresOptions
    ) -> (durable: PostgresConfiguration, relaxed: PostgresConfiguration, open: PostgresConfiguration) {
        let milliseconds = max(1, deadline.microseconds / 1_000)
        var all = self
        all.settings.merge([
            "search_path": "pg_catalog", "statement_timeout": "\(milliseconds)", "lock_timeout": "\(milliseconds)",
            // A process that is suspended within a transaction keeps its locks about as long as others wait for them.
            "idle_in_transaction_session_timeout": "\(max(5_000, milliseconds))", "timezone": "UTC", "jit": "off",
            "default_transaction_isolation": "read committed", "synchronous_commit": "off",
        ]) { $1 }
        var (durable, relaxed, open) = (all, all, all)
        for (name, value) in Self.pins { (durable.settings[name], relaxed.settings[name]) = (value, value) }
        if options.durability == .full {
            durable.settings["synchronous_commit"] = "on"
            open.settings["synchronous_commit"] = "on"
        }
        // A task's or a caller's own transaction lasts as long as it needs, and there is one for each.
        for name in ["search_path", "idle_in_transaction_session_timeout"] { open.settings[name] = nil }
        open.mostConnections = 50
        let count = max(2, options.connections)
        durable.mostConnections = (count + 1) / 2
        relaxed.mostConnections = count / 2
        return (durable, relaxed, open)
    }
}
