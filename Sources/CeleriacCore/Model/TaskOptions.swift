/// How a task runs unless its caller overrides it. Set by `@Task(…)` or `TaskDefinition.options`.
public struct TaskOptions: Sendable {
    /// When a message is removed from its queue.
    public enum Acknowledgement: Sendable, Hashable {
        /// After the task has run: a crash repeats it (the default).
        case late
        /// Before the task runs: a crash loses it. For work that must never run twice.
        case early
    }

    /// On which threads a task runs.
    public enum Execution: Sendable, Hashable {
        /// On Swift's cooperative pool, which has as many threads as the machine has cores (the default).
        case cooperative
        /// On a thread of its own: for work that keeps a thread busy or blocks it, and would delay other tasks.
        case blocking
    }

    /// `nil` to use the app's routes, or ``QueueName/default`` if none applies.
    public var queue: QueueName?
    /// The route through an exchange instead of straight into a queue, for brokers that have exchanges. Overrides
    /// ``queue``.
    public var route: ExchangeRoute?
    public var retry: RetryPolicy
    /// The hard limit: after it the worker gives up on the attempt. `nil` for no limit.
    public var timeLimit: Duration?
    /// The soft limit: after it the attempt is cancelled (structured cancellation). `nil` for no limit.
    public var softTimeLimit: Duration?
    /// `nil` for the default: ``CallPriority/normal``, or on Celery's wire what its own workers send by default.
    public var priority: CallPriority?
    /// Counted from the call: after this time the call is not started but revoked. `nil` for never.
    public var expires: Duration?
    public var rateLimit: RateLimit?
    /// Whether results are discarded. Failures are discarded too, except in the dead letters.
    public var ignoreResult: Bool
    public var acks: Acknowledgement
    public var unique: Uniqueness?
    public var execution: Execution
    /// How `nil` members of the result are written. `nil` to use the app's setting, which omits them by default.
    public var nilMembers: NilMembers?

    public init(
        queue: QueueName? = nil, route: ExchangeRoute? = nil, retry: RetryPolicy = .none,
        timeLimit: Duration? = nil, softTimeLimit: Duration? = nil, priority: CallPriority? = nil,
        expires: Duration? = nil, rateLimit: RateLimit? = nil, ignoreResult: Bool = false,
        acks: Acknowledgement = .late, unique: Uniqueness? = nil, execution: Execution = .cooperative,
        nilMembers: NilMembers? = nil
    ) {
        self.queue = queue
        self.route = route
        self.retry = retry
        self.timeLimit = timeLimit
        self.softTimeLimit = softTimeLimit
        self.priority = priority
        self.expires = expires
        self.rateLimit = rateLimit
        self.ignoreResult = ignoreResult
        self.acks = acks
        self.unique = unique
        self.execution = execution
        self.nilMembers = nilMembers
    }
}
