public import CeleriacCore
import CeleriacLogging
import CeleriacRQWire
public import Logging
public import RESPClient
import RedisKit
import StoreKit

/// A broker and result backend in Redis, on RQ's own layout, shared with RQ's queues, workers and dashboards.
///
/// ```swift
/// let store = RQStore(RESPConfiguration(address: .host("127.0.0.1")))
/// try await store.publish([Publication(envelope, to: "default")])      // Job.fetch(id) finds it in Python
/// ```
///
/// ```
/// publish -> rq:scheduled -> rq:queue -> started, rq:wip -> finished | failed | canceled
///               ^                           |
///               '------------ retry --------+---- release, lease lapsed -> rq:queue
/// ```
///
/// - Every move is one script: a job is never in neither of two places, nor in both.
/// - Held jobs are fenced by RQ's execution id: a worker that has lost its lease changes nothing.
/// - The job's hash is the message. Data for which RQ has no field is in fields `celeriac…`, which RQ ignores.
/// - Needs Redis 6.2 or newer; no Redis Cluster. Ids are RQ's: letters, digits, `_` and `-`.
///
/// Source of the format: RQ 3.0.0, the modules that each script names.
public final class RQStore: Sendable {
    let client: RESPClient
    let server: ServerLink
    let options: RQOptions
    let keys: RQKeys
    let time: any TimeSource
    /// Whether instants come from `time` instead of the server's clock: for tests in virtual time.
    let hasInjectedTime: Bool
    let logger: Logger
    let held = HeldDeliveries<RQHeld>()
    let wakeUps = WakeUps()
    let watches: ListWatches
    let notices: Notices
    let streams: RQResultStreams
    let identity: RQIdentity
    let strayKeys: StrayKeys
    let webhooks: WebhookSender
    let publications: Gatherer<[RQPreparedJob], PublishReport>
    let ends: Gatherer<[RQPreparedEnd], SettledBatch>

    init(
        client: RESPClient, options: RQOptions, time: any TimeSource, hasInjectedTime: Bool = false, logger: Logger
    ) {
        let logger = logger.escapingMetadata
        self.client = client
        self.options = options
        self.time = time
        self.hasInjectedTime = hasInjectedTime
        self.logger = logger
        keys = options.keys
        server = ServerLink(client, isChecked: options.checksServer, logger)
        watches = ListWatches(client, wakeUps, head: .left, logger)
        notices = Notices(client, logger)
        streams = RQResultStreams(client, options.keys, logger)
        strayKeys = StrayKeys(logger)
        identity = RQIdentity(worker: options.workerName)
        webhooks = WebhookSender(logger)
        let deadline = client.configuration.deadline
        publications = Gatherer(most: 1_000, deadline: deadline, on: client.executor) { $0.count }
        ends = Gatherer(most: 500, deadline: deadline, on: client.executor) { $0.count }
    }

    /// - Parameters:
    ///   - configuration: the address of the server and the settings of the connection. It connects at the first use.
    ///   - time: for dates in hashes, deadlines and pauses; leases use the server's clock.
    public convenience init(
        _ configuration: RESPConfiguration, options: RQOptions = RQOptions(), time: any TimeSource = SystemTime(),
        logger: Logger = Logger(label: "celeriac.rq")
    ) {
        self.init(
            client: RESPClient(configuration, logger: logger.escapingMetadata), options: options, time: time,
            logger: logger)
    }

    /// How long an end waits for webhooks that are not sent yet.
    static let webhookPatience = Duration.seconds(10)

    /// Closes all connections. Calls under way and later ones throw ``BrokerError`` with code `closed`. Waits at most
    /// 10 s for webhooks.
    public func close() async {
        await webhooks.finish(within: Self.webhookPatience)
        watches.close()
        notices.close()
        streams.close()
        await client.close()
        wakeUps.ringAll()
    }

    deinit {
        watches.close()
        notices.close()
        streams.close()
    }

    // MARK: Speaking to the server

    /// Runs a script of ``RQScripts``, and waits for its end even in a cancelled task.
    func run(_ script: RESPScript, _ arguments: RESPWords, deadline: Duration? = nil) async throws -> RESPValue {
        let clocks: RESPWords = hasInjectedTime ? [time.now.microseconds, time.uptime.microseconds] : ["", ""]
        let heading: RESPWords = [
            keys.prefix, options.schedules ? identity.scheduler : "", options.limits.largestJob,
            max(1, options.deliveryLimit),
        ]
        return try await server.run(script, keys: [], clocks + heading + arguments, deadline: deadline)
    }

    func send(_ command: RESPCommand) async throws -> RESPValue { try await server.send(command) }

    /// Returns the fields of a hash; empty if there is no hash.
    func fields(ofHash key: String) async throws -> RQFields {
        RQFields(try await send(RESPCommand("HGETALL", key)))
    }
}

/// The lane is the event loop: work that would be handed to a lane runs where the answer arrived.
extension RQStore: LaneProvider {
    public var lane: any TaskExecutor { client.executor }
}

extension RQStore: RedisConnected {
    /// The client that the store itself uses, connected to the server of its URL. Do not close it.
    public var connection: RESPClient { client }
}

extension MessageLimits {
    /// The most memory that a job's hash may take: its call, its result and the other fields.
    fileprivate var largestJob: Int { bodyBytes + resultBytes + headerBytes + 1 << 20 }
}

extension RQFields {
    /// Reads a hash or an entry of a stream: alternating names and values.
    init(_ answer: RESPValue) {
        let words = answer.elements ?? []
        var fields: [Field] = []
        fields.reserveCapacity(words.count / 2)
        for place in stride(from: 0, to: words.count - 1, by: 2) {
            guard let name = words[place].text, let value = words[place + 1].bytes else { continue }
            fields.append(Field(name, value))
        }
        self.init(fields)
    }
}

extension RESPWords {
    /// Appends the number of words, then alternating names and values.
    mutating func append(counting fields: RQFields?) {
        let fields = fields?.fields ?? []
        append(fields.count * 2)
        for field in fields {
            append(field.name)
            append(field.value)
        }
    }
}
