extension Worker {
    /// How a worker ends, and how long running tasks may go on. The words are Celery's.
    public enum Urgency: Int, Sendable, Comparable {
        /// Running tasks may finish, for at most ``WorkerOptions/shutdownLimit``; then the end becomes soft.
        case warm
        /// Running tasks are cancelled, and have ``WorkerOptions/cancellationGrace`` to end; then the end becomes cold.
        case soft
        /// Running tasks are cancelled and abandoned at once.
        case cold

        public static func < (one: Urgency, other: Urgency) -> Bool { one.rawValue < other.rawValue }
    }

    /// Asks the worker to end: ``run()`` returns once it has ended. At any urgency, the worker claims nothing more.
    ///
    /// Idempotent, and safe to call from anywhere, also before ``run()``. A further call can make the end more urgent,
    /// never less. Calls whose task was cancelled and ended, or was abandoned, are given back: their attempt is not
    /// counted, and other workers can see them at once. An abandoned task goes on in this process until it ends by
    /// itself or the process does, and its result is dropped; another worker may run it meanwhile.
    public func stop(_ urgency: Urgency = .warm) { session.stop(urgency) }

    /// How urgently the worker was asked to end; `nil` if it was not. An end by burst or `maxTasks` does not count.
    public var urgency: Urgency? { session.urgency }

    /// The number of tasks that have not ended; after ``run()``, those that it abandoned.
    public var unfinished: Int { session.slots.begunCount }
}
