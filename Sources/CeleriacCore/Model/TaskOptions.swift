/// How a task is run when its caller does not say otherwise. Set by `@Task(…)` or `TaskDefinition.options`.
public struct TaskOptions: Sendable {
    /// When a message is taken off its queue.
    public enum Acknowledgement: Sendable, Hashable {
        /// After it ran: a crash repeats it (the default).
        case late
        /// Before it runs: a crash loses it. For work that must never run twice.
        case early
    }

    /// On which threads a task runs.
    public enum Execution: Sendable, Hashable {
        /// On Swift's cooperative pool, which has as many threads as the machine has cores (the default).
        case cooperative
        /// On a thread that it has to itself: for work that keeps a thread busy or blocks it, and would hold up other tasks.
        case blocking
    }

    /// `nil` = as the app's routes say, else ``QueueName/default``.
    public var queue: QueueName?
    /// Through an exchange instead of straight into a queue, for brokers that have exchanges. It wins over ``queue``.
    public var route: ExchangeRoute?
    public var retry: RetryPolicy
    /// Hard limit: after it the worker gives up on the attempt. `nil` = none.
    public var timeLimit: Duration?
    /// Soft limit: after it the attempt is cancelled (structured cancellation). `nil` = none.
    public var softTimeLimit: Duration?
    /// `nil` = as usual: ``CallPriority/normal``, or on Celery's wire what its own workers send by default.
    public var priority: CallPriority?
    /// Counted from the call: later than that it is not started but revoked. `nil` = never.
    public var expires: Duration?
    public var rateLimit: RateLimit?
    /// Whether results are not kept. Failures are not kept either, except in the dead letters.
    public var ignoreResult: Bool
    public var acks: Acknowledgement
    public var unique: Uniqueness?
    public var execution: Execution
    /// What becomes of the members of its result that are `nil`. `nil` = as the app says, which leaves them out by default.
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
