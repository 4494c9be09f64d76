/// What a call asks for once its own options and those of its task are put together.
///
/// The one place where a call's options win over its task's, and RQ's options over both. What neither names is the app's:
/// see ``Publisher/outgoing(_:)``.
struct CallTerms: Sendable {
    /// The call's options, completed by its task's.
    private(set) var options: CallOptions
    /// How long after the sending the call expires. `nil` if `options.expires` says when, or if it never expires.
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
    /// Gives way to the RQ options of the same call, and completes those by what is said here.
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
