/// The stage of a job's life. Source: RQ 3.0.0, `job.py`, `JobStatus`.
package enum RQStatus: String, Sendable, Hashable, CaseIterable {
    /// Made, but not yet in any queue or registry.
    case created
    case queued
    case started
    case finished
    case failed
    /// Depends on other jobs that have not ended.
    case deferred
    case scheduled
    /// Ended by the command `stop-job`.
    case stopped
    case canceled
    /// Waits for a place under its rate limit.
    case rateLimited = "rate_limited"
    /// Its dependencies are met; about to be put into its queue.
    case readyToEnqueue = "ready_to_enqueue"

    /// Whether the job stays in this status unless somebody acts.
    package var isFinal: Bool { [.finished, .failed, .stopped, .canceled].contains(self) }
}
