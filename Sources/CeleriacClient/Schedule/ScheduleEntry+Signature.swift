extension ScheduleEntry {
    /// Makes an entry that calls a task whose parameters are known.
    ///
    /// ```swift
    /// ScheduleEntry("nightly", .crontab("30 2 * * *", in: try Zone("Europe/Berlin")), $report(format: "pdf"))
    /// ```
    ///
    /// - Parameters:
    ///   - name: the name, unique in the schedule.
    ///   - schedule: when the entry is due.
    ///   - call: the call to publish. Its arguments are encoded now and are the same each time. Queue, route, priority,
    ///     time limits, headers, stamps and whether the result is kept come from the call, else from the task. An entry
    ///     has no callbacks or errbacks, and no options that belong to a single call (id, eta, countdown, expires,
    ///     uniqueness, RQ's options and so on). A call with any of these is refused with the code `unsupported` when
    ///     the entry is declared or put.
    ///   - expires: counted from each publication; `nil` uses the task's option.
    ///   - missed: what happens to ticks that were due while no beat was running.
    ///   - overlap: what happens to a tick while the previous call waits or runs.
    ///   - jitter: the random delay of each call.
    ///   - isPaused: whether the entry starts paused; a later change in the store is kept.
    public init<Output>(
        _ name: String, _ schedule: Schedule, _ call: Signature<Output>, expires: Duration? = nil,
        missed: MissedPolicy = .runOnce, overlap: Overlap = .allow, jitter: Jitter = .none, isPaused: Bool = false
    ) {
        let unsent = call.call
        let options = unsent.options
        let refusal = Self.refusal(of: call, in: name)
        self.init(
            name, schedule, task: call.task, arguments: refusal.map { EncodedArguments(failure: $0) } ?? call.arguments,
            queue: options.queue, priority: options.priority, expires: expires ?? unsent.terms.expiresAfter,
            missed: missed, overlap: overlap, jitter: jitter, isPaused: isPaused)
        route = options.route
        timeLimit = options.timeLimit
        softTimeLimit = options.softTimeLimit
        ignoreResult = options.ignoreResult
        headers = options.headers
        write(stampsOf: unsent)
    }

    /// Writes the call's stamps into the headers; from here on they are ordinary headers.
    private mutating func write(stampsOf call: UnsentCall) {
        guard !call.stamps.isEmpty, arguments.failure == nil else { return }
        do {
            try call.carried()?.writeStamps(into: &headers, inheriting: [:])
        } catch {
            arguments = EncodedArguments(
                failure: error as? CeleriacError
                    ?? CeleriacError(.invalidArguments, "the call of \"\(task)\" cannot be stamped", underlying: error))
        }
    }

    /// Returns an error for options of the call that an entry cannot have. Refusing them is safer than dropping them.
    private static func refusal<Output>(of call: Signature<Output>, in name: String) -> CeleriacError? {
        let options = call.options
        let asked: [(String, Bool)] = [
            ("link", !call.links.callbacks.isEmpty), ("linkError", !call.links.errbacks.isEmpty),
            ("id", options.id != nil), ("countdown", options.countdown != nil), ("eta", options.eta != nil),
            ("expires", options.expires != nil), ("unique", options.unique != nil), ("atFront", options.atFront),
            ("retries", options.retries > 0), ("shadow", options.shadow != nil), ("replyTo", options.replyTo != nil),
            ("serializer", options.serializer != nil), ("compression", options.compression != nil),
            ("job", options.job != nil), ("persistent", !options.persistent),
        ]
        let names = asked.filter(\.1).map(\.0)
        guard !names.isEmpty else { return nil }
        return CeleriacError(
            .unsupported,
            "the call of \"\(call.task)\" asks for \(names.joined(separator: ", ")), which the schedule entry \"\(name)\" "
                + "cannot have: leave it out, set it on the task or the entry (expires, jitter, overlap), or have "
                + "a task of your own send the call")
    }
}
