public import CeleriacCore

/// How a store lies in Redis. Whoever shares queues, results or control with it must have the same: Celery's own names of
/// these settings stand in quotes.
public struct RedisOptions: Sendable {
    /// Put before every key and channel. "global_keyprefix" of `broker_transport_options`.
    public var keyPrefix: String
    /// Put before the keys of results. "global_keyprefix" of `result_backend_transport_options`; an underscore follows
    /// unless it ends in one of `:_-.`.
    public var resultKeyPrefix: String
    /// Between a queue's name and its priority step, and the parts of a binding. "sep". Must not stand in a name or routing
    /// key: with a dot kombu's own remote control fails.
    public var separator: String
    /// The steps of priority that have lists of their own, 0 first. "priority_steps".
    public var prioritySteps: [Int]
    /// Hash of deliveries that are held. "unacked_key".
    public var unackedKey: String
    /// Sorted set of the same by time. "unacked_index_key".
    public var unackedIndexKey: String
    /// How long what a Python worker holds stays away after that worker's death. "visibility_timeout"; default one hour.
    /// What our own workers hold has their lease instead.
    public var visibilityTimeout: Duration
    /// Where calls with an eta wait; default ``Delays/auto``.
    public var delays: Delays
    /// Which errors of the server's set-up keep the store from opening.
    public var checksServer: Bool
    /// Whether results also hold name, arguments, worker and queue. "result_extended".
    public var extendedResults: Bool
    /// Whether STARTED is recorded. "task_track_started".
    public var tracksStart: Bool
    /// How many dead letters each queue keeps. Whoever parks a message drops the oldest beyond that, by its own setting.
    public var deadLetters: DeadLetterLimits
    /// How many connections wait for messages at most; queues beyond that are asked every 100 ms.
    public var waitingConnections: Int

    /// How large a message may be that is claimed or inspected. A larger one is parked before anything of it is decoded.
    /// Default: the most that any setting allows; the worker has narrower limits.
    public var limits: MessageLimits
    /// After how many claims that were never settled the store itself parks a message, whatever keeps workers from doing so.
    /// Default 50; must be above the workers' own `deliveryLimit`.
    public var deliveryLimit: Int

    /// Where calls wait for their eta.
    public enum Delays: String, Sendable, Hashable {
        /// In Redis, from where every Swift worker moves what is due, whatever queues it serves. Without one they stay there.
        case broker
        /// In the memory of the worker that takes them, as Celery does it. A Swift worker puts them into Redis instead.
        case worker
        /// In Redis while a Swift worker lives, else as `worker`: decided for each call, in the step that publishes it.
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
