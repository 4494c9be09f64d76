extension Worker {
    /// How a worker ends: how long what runs may go on. The words are Celery's.
    public enum Urgency: Int, Sendable, Comparable {
        /// What runs may finish, for at most ``WorkerOptions/shutdownLimit``; then the end is soft.
        case warm
        /// What runs is cancelled, and has ``WorkerOptions/cancellationGrace`` to end; then the end is cold.
        case soft
        /// What runs is cancelled and left at once.
        case cold

        public static func < (one: Urgency, other: Urgency) -> Bool { one.rawValue < other.rawValue }
    }

    /// Tells it to end: ``run()`` returns once it has. It claims nothing more, whatever the urgency.
    ///
    /// Idempotent, and safe to call from anywhere, before ``run()`` too. A further call can make the end more urgent, never
    /// less. What was cancelled and ended, and what was left, is given back: uncounted, and visible to other workers at
    /// once. What was left goes on in this process until the task ends by itself or the process does, and its result is
    /// dropped; another worker may run it meanwhile.
    public func stop(_ urgency: Urgency = .warm) { session.stop(urgency) }

    /// How urgently it was told to end; `nil` = it was not. An end by burst or `maxTasks` is not told.
    public var urgency: Urgency? { session.urgency }

    /// How many tasks have not ended: after ``run()`` those that it left.
    public var unfinished: Int { session.slots.held.count }
}
