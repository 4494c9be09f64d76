extension ScheduleEntry {
    /// An entry that makes a call of a task whose parameters are known.
    ///
    /// ```swift
    /// ScheduleEntry("nightly", .crontab("30 2 * * *", in: try Zone("Europe/Berlin")), $report(format: "pdf"))
    /// ```
    ///
    /// - Parameters:
    ///   - name: the only one of its name.
    ///   - schedule: when.
    ///   - call: its arguments are encoded now, and are the same each time. Queue, route, priority, time limits, headers and
    ///     whether the result is kept are the call's, else the task's; what is of one call only (id, eta, countdown, expires,
    ///     uniqueness, what is said in RQ's words, callbacks and errbacks) is not heeded.
    ///   - expires: counted from each publication; `nil` = as the task says.
    ///   - missed: what becomes of ticks that came while no beat was running.
    ///   - overlap: what becomes of a tick while the call before it waits or runs.
    ///   - jitter: by how much each call is put off.
    ///   - isPaused: whether it begins paused; what the store says later is kept.
    public init<Output>(
        _ name: String, _ schedule: Schedule, _ call: Signature<Output>, expires: Duration? = nil,
        missed: MissedPolicy = .runOnce, overlap: Overlap = .allow, jitter: Jitter = .none, isPaused: Bool = false
    ) {
        let (options, task) = (call.options, call.taskOptions)
        self.init(
            name, schedule, task: call.task, arguments: call.arguments, queue: options.queue ?? task.queue,
            priority: options.priority ?? task.priority, expires: expires ?? task.expires, missed: missed,
            overlap: overlap, jitter: jitter, isPaused: isPaused)
        route = options.route ?? (options.queue == nil ? task.route : nil)
        timeLimit = options.timeLimit ?? task.timeLimit
        softTimeLimit = options.softTimeLimit ?? task.softTimeLimit
        ignoreResult = options.ignoreResult ?? (task.ignoreResult ? true : nil)
        headers = options.headers
    }
}
