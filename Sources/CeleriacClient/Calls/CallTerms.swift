/// The effective options of a call: its own, merged with those of its task.
///
/// Only this type decides that a call's options override its task's, and that RQ's options override both. The app
/// decides options that neither sets: see ``Publisher/outgoing(_:repliesTo:)``.
struct CallTerms: Sendable {
    /// The call's options, completed by its task's.
    private(set) var options: CallOptions
    /// How long after the send the call expires; `nil` if `options.expires` contains the date, or if the call never
    /// expires.
    private(set) var expiresAfter: Duration?
    /// The call's uniqueness, else its task's. `options.unique` is the call's own.
    private(set) var unique: Uniqueness?

    init(_ call: CallOptions, over task: TaskOptions) {
        options = call
        options.applyJob()
        if options.queue == nil {
            options.route = options.route ?? task.route
            options.queue = task.queue
        }
        options.priority = options.priority ?? task.priority
        options.timeLimit = options.timeLimit ?? task.timeLimit
        options.softTimeLimit = options.softTimeLimit ?? task.softTimeLimit
        options.ignoreResult = options.ignoreResult ?? (task.ignoreResult ? true : nil)
        expiresAfter = options.expires == nil ? task.expires : nil
        unique = options.unique ?? task.unique
    }
}

extension CallOptions {
    /// Overrides these options with the RQ options of the same call, and fills gaps in the RQ options from these.
    fileprivate mutating func applyJob() {
        guard var job else { return }
        id = job.id ?? id
        atFront = job.atFront || atFront
        timeLimit = job.timeout ?? timeLimit
        if job.resultTTL == .zero { ignoreResult = true }
        job.id = id
        job.atFront = atFront
        self.job = job
    }
}
