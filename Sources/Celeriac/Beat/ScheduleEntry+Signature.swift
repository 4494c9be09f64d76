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
    ///   - call: its arguments are encoded now, and are the same each time. Queue, route, priority, time limits, headers, stamps
    ///     and whether the result is kept are the call's, else the task's. An entry has no callbacks and errbacks, and nothing that
    ///     is of one call only (id, eta, countdown, expires, uniqueness, what is said in RQ's words and so on): a call with these
    ///     is refused where the entry is declared or put, with the code `unsupported`.
    ///   - expires: counted from each publication; `nil` = as the task says.
    ///   - missed: what becomes of ticks that came while no beat was running.
    ///   - overlap: what becomes of a tick while the call before it waits or runs.
    ///   - jitter: by how much each call is put off.
    ///   - isPaused: whether it begins paused; what the store says later is kept.
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

    /// Once here, they are headers like others.
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

    /// What the call asks for that no entry can do: better refused than left out.
    private static func refusal<Output>(of call: Signature<Output>, in name: String) -> CeleriacError? {
        let options = call.options
        let asked: [(String, Bool)] = [
            ("link", !call.links.callbacks.isEmpty), ("linkError", !call.links.errbacks.isEmpty),
            ("id", options.id != nil), ("countdown", options.countdown != nil), ("eta", options.eta != nil),
            ("expires", options.expires != nil), ("unique", options.unique != nil), ("atFront", options.atFront),
            ("retries", options.retries > 0), ("shadow", options.shadow != nil), ("replyTo", options.replyTo != nil),
            ("serializer", options.serializer != nil), ("compression", options.compression != nil),
            ("job", options.job != nil),
        ]
        let names = asked.filter(\.1).map(\.0)
        guard !names.isEmpty else { return nil }
        return CeleriacError(
            .unsupported,
            "the call of \"\(call.task)\" asks for \(names.joined(separator: ", ")), which an entry of the schedule (\"\(name)\") "
                + "does not have: leave it out, say it of the task or the entry (expires, jitter, overlap), or have "
                + "a task of your own send the call")
    }
}
