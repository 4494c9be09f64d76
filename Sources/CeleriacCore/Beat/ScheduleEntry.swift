/// One entry of the beat's schedule: which task to call, and when.
///
/// ```swift
/// ScheduleEntry("nightly", .crontab("30 2 * * *"), task: "reports.nightly", missed: .runOnce, overlap: .skip)
/// ```
///
/// Every call has the same arguments; a task can read from its context which tick the call belongs to.
public struct ScheduleEntry: Sendable, Hashable {
    /// What happens to a tick while the last call of the entry still waits or runs.
    public enum Overlap: String, Sendable, Hashable {
        /// The tick is published anyway, as Celery's beat does.
        case allow
        /// The tick is skipped.
        case skip
    }

    /// Where an entry comes from, which determines when it is removed.
    public enum Source: Sendable, Hashable {
        /// Declared by the program of that name; removed when a beat of that program starts and no longer declares it.
        case code(owner: String)
        /// Put into the store at run time; stays until it is removed.
        case dynamic
    }

    /// 1 to 255 bytes without control characters; unique in the store.
    public var name: String
    public var schedule: Schedule
    public var task: TaskName
    public var arguments: EncodedArguments
    /// `nil` to use the queue of the task or of the app's routes.
    public var queue: QueueName?
    /// The route through an exchange instead of straight into a queue, for brokers that have exchanges.
    public var route: ExchangeRoute?
    public var priority: CallPriority?
    /// Counted from the tick's publication, or from the end of its jitter: after this time the call is not started but
    /// revoked. `nil` to use the task's setting.
    public var expires: Duration?
    public var timeLimit: Duration?
    public var softTimeLimit: Duration?
    public var ignoreResult: Bool?
    /// Further headers of each message.
    public var headers: JSONObject
    /// What happens to ticks that were due while no beat was running. Default: only the latest of them runs.
    public var missed: MissedPolicy
    public var overlap: Overlap
    /// The delay of each call, so that not all calls of midnight start at midnight. Default: no delay.
    public var jitter: Jitter
    /// Whether its ticks are skipped for now. Ticks that were due while it was paused count as missed when it is
    /// resumed: see ``missed``.
    public var isPaused: Bool
    public var source: Source

    public init(
        _ name: String, _ schedule: Schedule, task: TaskName, arguments: EncodedArguments = .none,
        queue: QueueName? = nil, priority: CallPriority? = nil, expires: Duration? = nil,
        missed: MissedPolicy = .runOnce, overlap: Overlap = .allow, jitter: Jitter = .none, isPaused: Bool = false
    ) {
        self.name = name
        self.schedule = schedule
        self.task = task
        self.arguments = arguments
        self.queue = queue
        self.priority = priority
        self.expires = expires
        headers = [:]
        self.missed = missed
        self.overlap = overlap
        self.jitter = jitter
        self.isPaused = isPaused
        source = .dynamic
    }

    /// - Throws: ``CeleriacError`` with code `invalidName`, `invalidArguments` or, for a call with options that entries
    ///   do not support, `unsupported`; the message says what is wrong.
    public func check() throws(CeleriacError) {
        if let failure = arguments.failure { throw failure }
        for (text, kind) in [(name, "entry of the schedule"), (task.rawValue, "task")] {
            let isFit = (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            guard isFit else {
                throw CeleriacError(
                    .invalidName,
                    "the name of a \(kind) must have 1 to 255 bytes and no control characters; this one has "
                        + "\(text.utf8.count) bytes"
                )
            }
        }
    }
}
