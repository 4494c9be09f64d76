/// Where a job stands, in RQ's words. Source: RQ 3.0.0, `job.py`, `JobStatus`.
public enum JobStatus: String, Sendable, Hashable, CaseIterable {
    /// Made, and not yet in any queue.
    case created
    /// Ready to start.
    case queued
    /// Waits for its time, or for its next attempt.
    case scheduled
    /// Waits for other jobs.
    case deferred
    /// Waits for a place under its rate limit.
    case rateLimited = "rate_limited"
    /// What it waited for has finished; about to come into its queue.
    case readyToEnqueue = "ready_to_enqueue"
    case started
    case finished
    case failed
    /// Was ended by the command stop-job while it ran.
    case stopped
    case canceled
}
