public import CeleriacCore
import CeleriacLogging
import CeleriacWire
public import Logging
public import RESPClient
import Synchronization
import RedisKit
import StoreKit

/// Broker and result backend in Redis, on Celery's own layout: Python and Swift may share every queue and every result.
///
/// ```swift
/// let store = try RedisStore(url: "redis://127.0.0.1:6379/0")
/// try await store.publish([Publication(envelope, to: "mail")])
/// ```
///
/// - What a worker of ours holds is written down in the same step in which it leaves its queue, and comes back when its
///   lease ends. What a Python worker holds comes back as Celery has it, after ``RedisOptions/visibilityTimeout``.
/// - Needs Redis 6.2 or newer, one server or a master with replicas that Sentinels watch; no Redis Cluster. What was
///   accepted is as safe as the server keeps it: with `appendonly` and `appendfsync always` it survives a power cut.
/// - An id is not unique here: a second call with the id of one that waits is taken.
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
    /// Whether ``formats`` is anything but JSON, so that most stores take no lock.
    private let hasFormats = Atomic(false)
    /// The tables of exchanges that were found last, and when.
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
    ///   - configuration: where the server is, and how it is spoken to.
    ///   - time: only for deadlines and pauses; instants are the server's own.
    public convenience init(
        _ configuration: RESPConfiguration, options: RedisOptions = RedisOptions(), time: any TimeSource = SystemTime(),
        logger: Logger = Logger(label: "celeriac.redis")
    ) {
        self.init(
            client: RESPClient(configuration, logger: logger.escapingMetadata), options: options, time: time,
            logger: logger)
    }

    /// Closes all connections; calls under way, and from then on, throw ``BrokerError`` with code `closed`.
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

/// The event loop: what it would otherwise hand over to a lane runs where the answer has come in.
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
    /// Sends one command, once the server has been found fit.
    ///
    /// - Throws: ``BrokerError``; `CancellationError` when cancelled.
    func send(_ command: RESPCommand, deadline: Duration? = nil) async throws -> RESPValue {
        try await server.send(command, deadline: deadline)
    }

    /// Sends commands in one flush. Errors of single ones stand among the answers.
    func send(_ commands: [RESPCommand], deadline: Duration? = nil) async throws -> [RESPValue] {
        try await server.send(commands, deadline: deadline)
    }

    /// Runs a script of ``Scripts``, with the keys and the heading that all of them begin with.
    ///
    /// Its end is waited for even in a cancelled task: whoever asked must know what was done. A key of our bookkeeping that
    /// holds another kind of value is put out of the way first.
    func run(
        _ script: RESPScript, _ arguments: RESPWords, deadline: Duration? = nil
    ) async throws -> RESPValue {
        try await clearingWay {
            try await server.run(script, keys: sharedKeys, heading() + arguments, deadline: deadline)
        }
    }

    /// Runs any script. Its end is waited for even in a cancelled task.
    func run(
        _ script: RESPScript, keys: [String], _ arguments: RESPWords, deadline: Duration? = nil
    ) async throws -> RESPValue {
        try await server.run(script, keys: RESPWords(keys), arguments, deadline: deadline)
    }

    /// Does something to its end, be the current task cancelled or not.
    func shielded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await server.shielded(body)
    }

    /// ARGV 1 to 13 of every script that begins with the prelude.
    func heading() -> RESPWords {
        hasInjectedTime ? [time.now.microseconds, time.uptime.microseconds] + layout : ["", ""] + layout
    }
}
