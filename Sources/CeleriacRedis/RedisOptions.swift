public import CeleriacCore

/// How a store is laid out in Redis. Processes that share queues, results or remote control must use the same settings.
/// Celery's names of these settings are in quotes.
public struct RedisOptions: Sendable {
    /// The prefix of every key and channel. "global_keyprefix" of `broker_transport_options`.
    public var keyPrefix: String
    /// The prefix of the keys of results. "global_keyprefix" of `result_backend_transport_options`; an underscore is
    /// added unless it ends in one of `:_-.`.
    public var resultKeyPrefix: String
    /// The text between the name of a queue and its priority step, and between the parts of a binding. "sep". It must
    /// not occur in a name or routing key: with a dot, kombu's own remote control fails.
    public var separator: String
    /// The priority steps that have their own lists, 0 first. "priority_steps".
    public var prioritySteps: [Int]
    /// The hash of held deliveries. "unacked_key".
    public var unackedKey: String
    /// The sorted set of held deliveries by time. "unacked_index_key".
    public var unackedIndexKey: String
    /// How long the messages that a Python worker holds stay away after that worker's death. "visibility_timeout";
    /// default one hour. The messages that our own workers hold have leases instead.
    public var visibilityTimeout: Duration
    /// Where calls with an eta wait; default ``Delays/auto``.
    public var delays: Delays
    /// Whether the server's set-up is checked: a server that is too old, or that deletes messages when memory runs
    /// short, is refused.
    public var checksServer: Bool
    /// Whether results also hold the name, arguments, worker and queue. "result_extended".
    public var extendedResults: Bool
    /// Whether STARTED is recorded. "task_track_started".
    public var tracksStart: Bool
    /// How many dead letters each queue keeps. A process that parks a message drops the oldest beyond its own setting.
    public var deadLetters: DeadLetterLimits
    /// The highest number of connections that wait for messages. Queues beyond that are polled every 100 ms.
    public var waitingConnections: Int

    /// The largest message that is claimed or inspected. A larger one is parked before any of it is decoded. Default:
    /// the most that any setting allows; the worker has narrower limits.
    public var limits: MessageLimits
    /// The number of claims without a settlement after which the store itself parks a message, whatever kept workers
    /// from doing so. Default 50; must be above the workers' own `deliveryLimit`.
    public var deliveryLimit: Int

    /// Where calls wait for their eta.
    public enum Delays: String, Sendable, Hashable {
        /// In Redis. Every Swift worker moves the due messages of all queues. Without a Swift worker they stay there.
        case broker
        /// In the memory of the worker that takes them, as in Celery. A Swift worker puts them into Redis instead.
        case worker
        /// In Redis while a Swift worker lives, otherwise as `worker`. Decided for each call, in the step that
        /// publishes it.
        case auto
    }

    public init() {
        keyPrefix = ""
        resultKeyPrefix = ""
        separator = "\u{06}\u{16}"
        prioritySteps = [0, 3, 6, 9]
        unackedKey = "unacked"
        unackedIndexKey = "unacked_index"
        visibilityTimeout = .seconds(3600)
        delays = .auto
        checksServer = true
        extendedResults = false
        tracksStart = false
        deadLetters = DeadLetterLimits()
        waitingConnections = 4
        limits = RedisStore.limits
        deliveryLimit = 50
    }
}
