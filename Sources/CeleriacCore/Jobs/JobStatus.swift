/// The status of a job, under RQ's names. Source: RQ 3.0.0, `job.py`, `JobStatus`.
public enum JobStatus: String, Sendable, Hashable, CaseIterable {
    /// Created, but not in any queue yet.
    case created
    /// Ready to start.
    case queued
    /// Waits for its start time or for its next attempt.
    case scheduled
    /// Waits for other jobs.
    case deferred
    /// Waits for a free place under its rate limit.
    case rateLimited = "rate_limited"
    /// All jobs that it waited for have finished; it is about to enter its queue.
    case readyToEnqueue = "ready_to_enqueue"
    case started
    case finished
    case failed
    /// Was stopped by the command stop-job while it ran.
    case stopped
    case canceled
}
