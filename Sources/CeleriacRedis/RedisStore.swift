public import CeleriacCore
import CeleriacLogging
import CeleriacWire
public import Logging
public import RESPClient
import Synchronization
import RedisKit
import StoreKit

/// A broker and result backend in Redis, on Celery's own layout: Python and Swift may share every queue and every
/// result.
///
/// ```swift
/// let store = try RedisStore(url: "redis://127.0.0.1:6379/0")
/// try await store.publish([Publication(envelope, to: "mail")])
/// ```
///
/// - A message that our worker takes is recorded as held in the same step in which it leaves its queue. It comes back
///   when its lease ends. A message that a Python worker holds comes back as in Celery, after
///   ``RedisOptions/visibilityTimeout``.
/// - Needs Redis 6.2 or newer: one server, or a master with replicas and Sentinels; no Redis Cluster. Accepted messages
///   are as safe as the server keeps them: with `appendonly` and `appendfsync always` they survive a power cut.
/// - Ids need not be unique: a second call with the id of a waiting one is accepted.
public final class RedisStore: Sendable {
    let client: RESPClient
    let options: RedisOptions
    let keys: RedisKeys
    let time: any TimeSource
    /// Whether instants come from `time` instead of the server's clock: for tests in virtual time.
    let hasInjectedTime: Bool
    let logger: Logger
    let tags = TagSource()
    let held = HeldDeliveries<Held>()
    let wakeUps = WakeUps()
    let watches: ListWatches
    let notices: Notices
    let mailboxClock = MailboxClock()
    let exchanges = Exchanges()
    let server: ServerLink
    let declared = DeclaredQueues()
    let hints = HintTargets()
    private let formats = Guarded(ResultFormats.json)
    /// Whether ``formats`` is anything but JSON. Most stores then need no lock.
    private let hasFormats = Atomic(false)
    /// The tables of exchanges that the last search found, and when.
    let knownBindings = Guarded<(names: Set<String>, at: Duration)?>(nil)
    let strayKeys: StrayKeys
    let publications: Gatherer<[PreparedMessage], Result<PublishReport, any Error>>
    let settlements: Gatherer<[PreparedSettlement], SettledBatch>
    private let layout: RESPWords
    private let sharedKeys: RESPWords

    init(
        client: RESPClient, options: RedisOptions, time: any TimeSource, hasInjectedTime: Bool = false, logger: Logger
    ) {
        let logger = logger.escapingMetadata
        self.client = client
        server = ServerLink(client, isChecked: options.checksServer, logger)
        self.options = options
        self.time = time
        self.hasInjectedTime = hasInjectedTime
        self.logger = logger
        let keys = RedisKeys(options, database: client.configuration.database)
        self.keys = keys
        sharedKeys = RESPWords(keys.shared)
        layout =
            [keys.separator, keys.steps.map(String.init).joined(separator: ",")] + RESPWords(keys.stems)
            + [KombuEnvelope.largestMessage(under: options.limits), max(1, options.deliveryLimit)]
        strayKeys = StrayKeys(logger)
        watches = ListWatches(client, wakeUps, logger)
        notices = Notices(client, logger)
        let deadline = client.configuration.deadline
        publications = Gatherer(most: 1_000, deadline: deadline, on: client.executor) { $0.count }
        settlements = Gatherer(most: 500, deadline: deadline, on: client.executor) { $0.count }
    }

    /// - Parameters:
    ///   - configuration: the address of the server and the settings of the connection.
    ///   - time: used only for deadlines and pauses; instants come from the server's clock.
    public convenience init(
        _ configuration: RESPConfiguration, options: RedisOptions = RedisOptions(), time: any TimeSource = SystemTime(),
        logger: Logger = Logger(label: "celeriac.redis")
    ) {
        self.init(
            client: RESPClient(configuration, logger: logger.escapingMetadata), options: options, time: time,
            logger: logger)
    }

    /// Closes all connections. Calls under way and later ones throw ``BrokerError`` with code `closed`.
    public func close() async {
        watches.close()
        notices.close()
        await client.close()
        wakeUps.ringAll()
    }

    deinit {
        watches.close()
        notices.close()
    }
}

/// The lane is the event loop: work that would be handed to a lane runs where the answer arrived.
extension RedisStore: LaneProvider {
    public var lane: any TaskExecutor { client.executor }
}

extension RedisStore: RedisConnected {
    /// The client that the store itself uses, connected to the server of its URL. Do not close it.
    public var connection: RESPClient { client }
}

// MARK: Formats of results

extension RedisStore: ResultSerializing {
    public func writeResults(in serializer: Serializer, accepting accepted: [Serializer]) {
        formats.withLock { $0 = ResultFormats(written: serializer, accepted: accepted) }
        hasFormats.store(!serializer.isJSON || accepted != [.json], ordering: .releasing)
    }

    var resultFormats: ResultFormats {
        hasFormats.load(ordering: .acquiring) ? formats.withLock { $0 } : .json
    }
}

// MARK: Speaking to the server

extension RedisStore {
    /// Sends one command after the server has passed the check.
    ///
    /// - Throws: ``BrokerError``; `CancellationError` when cancelled.
    func send(_ command: RESPCommand, deadline: Duration? = nil) async throws -> RESPValue {
        try await server.send(command, deadline: deadline)
    }

    /// Sends commands in one flush. The error of a single command is one of the answers.
    func send(_ commands: [RESPCommand], deadline: Duration? = nil) async throws -> [RESPValue] {
        try await server.send(commands, deadline: deadline)
    }

    /// Runs a script of ``Scripts``, with the keys and the heading that all of them begin with.
    ///
    /// Waits for its end even in a cancelled task: the caller must know what was done. A bookkeeping key of ours that
    /// holds another kind of value is renamed first.
    func run(
        _ script: RESPScript, _ arguments: RESPWords, deadline: Duration? = nil
    ) async throws -> RESPValue {
        try await clearingWay {
            try await server.run(script, keys: sharedKeys, heading() + arguments, deadline: deadline)
        }
    }

    /// Runs any script, and waits for its end even in a cancelled task.
    func run(
        _ script: RESPScript, keys: [String], _ arguments: RESPWords, deadline: Duration? = nil
    ) async throws -> RESPValue {
        try await server.run(script, keys: RESPWords(keys), arguments, deadline: deadline)
    }

    /// Runs `body` to its end, whether or not the current task is cancelled.
    func shielded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await server.shielded(body)
    }

    /// The ARGV 1 to 13 of every script that begins with the prelude.
    func heading() -> RESPWords {
        hasInjectedTime ? [time.now.microseconds, time.uptime.microseconds] + layout : ["", ""] + layout
    }
}
