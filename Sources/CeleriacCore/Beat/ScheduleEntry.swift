/// One line of the beat's schedule: what is called, and when.
///
/// ```swift
/// ScheduleEntry("nightly", .crontab("30 2 * * *"), task: "reports.nightly", missed: .runOnce, overlap: .skip)
/// ```
///
/// Its arguments are those of every call; which tick a call is of, the task reads from its context.
public struct ScheduleEntry: Sendable, Hashable {
    /// What becomes of a tick while the call that the entry published last still waits or runs.
    public enum Overlap: String, Sendable, Hashable {
        /// It is published all the same, as Celery's beat does.
        case allow
        /// It is left out.
        case skip
    }

    /// Where an entry comes from, and so when it goes.
    public enum Source: Sendable, Hashable {
        /// Declared by the program of that name; it goes once a beat of that program starts that declares it no more.
        case code(owner: String)
        /// Put into the store; it stays until it is removed.
        case dynamic
    }

    /// 1 to 255 bytes without control characters; the only one of its name in the store.
    public var name: String
    public var schedule: Schedule
    public var task: TaskName
    public var arguments: EncodedArguments
    /// `nil` = as the task or the app's routes say.
    public var queue: QueueName?
    /// Through an exchange instead of straight into a queue, for brokers that have exchanges.
    public var route: ExchangeRoute?
    public var priority: CallPriority?
    /// Counted from the tick's publication, or from the end of its jitter: later than that a call is not started but
    /// revoked. `nil` = as the task says.
    public var expires: Duration?
    public var timeLimit: Duration?
    public var softTimeLimit: Duration?
    public var ignoreResult: Bool?
    /// Further headers of each message.
    public var headers: JSONObject
    /// What becomes of ticks that came while no beat was running. Default: the latest of them is made up for.
    public var missed: MissedPolicy
    public var overlap: Overlap
    /// By how much each call is put off, so that not all of midnight's start at midnight. Default: not at all.
    public var jitter: Jitter
    /// Whether its ticks are left out for now. What came while it was paused is missed once it goes on: see ``missed``.
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

    /// - Throws: ``CeleriacError`` with code `invalidName`, `invalidArguments` or, for a call with options that no entry has,
    ///   `unsupported`, which says what is wrong with it.
    public func check() throws(CeleriacError) {
        if let failure = arguments.failure { throw failure }
        for (text, kind) in [(name, "entry of the schedule"), (task.rawValue, "task")] {
            let isFit = (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            guard isFit else {
                throw CeleriacError(
                    .invalidName,
                    "the name of a \(kind) has 1 to 255 bytes and no control characters; this one has "
                        + "\(text.utf8.count) bytes"
                )
            }
        }
    }
}
