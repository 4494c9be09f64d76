public import CeleriacCore
import CeleriacLogging
import CeleriacRQWire
public import Logging
public import RESPClient
import RedisKit
import StoreKit

/// Broker and result backend in Redis, on RQ's own layout: RQ's queues, workers and dashboards share it with ours.
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
/// - What is held is fenced by RQ's execution id: whoever lost its lease changes nothing.
/// - The job's hash is the message. What RQ has no field for stands in fields `celeriac…`, which its readers pass over.
/// - Needs Redis 6.2 or newer; no Redis Cluster. Ids are RQ's: letters, digits, `_` and `-`.
///
/// Source of the format: RQ 3.0.0, the modules named beside each script.
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
    ///   - configuration: where the server is, and how it is spoken to. Connects at the first use.
    ///   - time: for dates in hashes, deadlines and pauses; leases go by the server's clock.
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

    /// Closes all connections; calls under way, and from then on, throw ``BrokerError`` with code `closed`. Waits at most 10 s
    /// for webhooks.
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

    /// Runs a script of ``RQScripts``. Its end is waited for even in a cancelled task.
    func run(_ script: RESPScript, _ arguments: RESPWords, deadline: Duration? = nil) async throws -> RESPValue {
        let clocks: RESPWords = hasInjectedTime ? [time.now.microseconds, time.uptime.microseconds] : ["", ""]
        let heading: RESPWords = [
            keys.prefix, options.schedules ? identity.scheduler : "", options.limits.largestJob,
            max(1, options.deliveryLimit),
        ]
        return try await server.run(script, keys: [], clocks + heading + arguments, deadline: deadline)
    }

    func send(_ command: RESPCommand) async throws -> RESPValue { try await server.send(command) }

    /// The fields of a hash; empty where there is none.
    func fields(ofHash key: String) async throws -> RQFields {
        RQFields(try await send(RESPCommand("HGETALL", key)))
    }
}

/// The event loop: what it would otherwise hand over to a lane runs where the answer has come in.
extension RQStore: LaneProvider {
    public var lane: any TaskExecutor { client.executor }
}

extension RQStore: RedisConnected {
    /// The client that the store itself uses, connected to the server of its URL. Do not close it.
    public var connection: RESPClient { client }
}

extension MessageLimits {
    /// What a job's hash may take in memory: its call, its result and what stands beside them.
    fileprivate var largestJob: Int { bodyBytes + resultBytes + headerBytes + 1 << 20 }
}

extension RQFields {
    /// Of a hash, or of an entry of a stream: names and values in turn.
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
    /// How many words they are, then names and values in turn.
    mutating func append(counting fields: RQFields?) {
        let fields = fields?.fields ?? []
        append(fields.count * 2)
        for field in fields {
            append(field.name)
            append(field.value)
        }
    }
}
