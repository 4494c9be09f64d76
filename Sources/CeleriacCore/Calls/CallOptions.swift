#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Options of one call that override its task's ``TaskOptions``; `nil` keeps the task's value.
public struct CallOptions: Sendable {
    /// The call's id; `nil` for a random one. A second call with the id of a waiting or running call is a duplicate.
    public var id: TaskID?
    public var queue: QueueName?
    /// The route through an exchange instead of straight into a queue, for brokers that have exchanges.
    public var route: ExchangeRoute?
    /// Not before this much time from now. Ignored if ``eta`` is set.
    public var countdown: Duration?
    /// Not before this point in time; at most ten years ahead.
    public var eta: Date?
    /// Not after this point in time: after it the call is revoked instead of started.
    public var expires: Date?
    public var priority: CallPriority?
    public var timeLimit: Duration?
    public var softTimeLimit: Duration?
    public var ignoreResult: Bool?
    /// The number of attempts that count as failed already. Default 0.
    public var retries: Int
    /// The queue to which results are sent by a result backend that sends them (`rpc://`): Celery's `reply_to`. Default:
    /// the queue of this process.
    public var replyTo: String?
    /// The format of the body on the wire; `nil` to use the app's `taskSerializer`. The receiver must accept it.
    public var serializer: Serializer?
    /// The compression of the body on the wire; `nil` for none.
    public var compression: BodyCompression?
    public var unique: Uniqueness?
    /// A name to display instead of the task's.
    public var shadow: String?
    /// Further message headers; the task reads them from its context.
    public var headers: JSONObject
    /// Whether it goes in front of all other calls of its queue and priority.
    public var atFront: Bool
    /// Whether the server writes the message to its disk before the call counts as sent: Celery's `delivery_mode`, 2 or
    /// 1. Default true.
    ///
    /// With `false` a classic queue of RabbitMQ may keep the message in memory alone, and loses it when the server
    /// restarts. Quorum queues and all other stores keep every message in the same way; for them it changes nothing.
    /// Dead letters are always written to disk.
    public var persistent: Bool
    /// RQ's options. They override the options above.
    public var job: JobOptions? {
        get { jobOnHeap?.value }
        set { jobOnHeap = newValue.map(OnHeap.init) }
    }
    private var jobOnHeap: OnHeap<JobOptions>?

    public init(
        id: TaskID? = nil, queue: QueueName? = nil, route: ExchangeRoute? = nil, countdown: Duration? = nil,
        eta: Date? = nil, expires: Date? = nil, priority: CallPriority? = nil, timeLimit: Duration? = nil,
        softTimeLimit: Duration? = nil, ignoreResult: Bool? = nil, retries: Int = 0, replyTo: String? = nil,
        serializer: Serializer? = nil, compression: BodyCompression? = nil, unique: Uniqueness? = nil,
        shadow: String? = nil, headers: JSONObject = [:], atFront: Bool = false,
        persistent: Bool = true, job: JobOptions? = nil
    ) {
        self.id = id
        self.queue = queue
        self.route = route
        self.countdown = countdown
        self.eta = eta
        self.expires = expires
        self.priority = priority
        self.timeLimit = timeLimit
        self.softTimeLimit = softTimeLimit
        self.ignoreResult = ignoreResult
        self.retries = retries
        self.replyTo = replyTo
        self.serializer = serializer
        self.compression = compression
        self.unique = unique
        self.shadow = shadow
        self.headers = headers
        self.atFront = atFront
        self.persistent = persistent
        jobOnHeap = job.map(OnHeap.init)
    }
}
