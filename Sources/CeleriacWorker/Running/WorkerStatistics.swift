/// The counts of what a worker has done since it started.
public struct WorkerStatistics: Sendable, Hashable {
    /// Attempts that ended, by the resulting state of the call.
    public package(set) var succeeded = 0
    /// Attempts after which the call has failed permanently.
    public package(set) var failed = 0
    /// Attempts after which the call waits for another attempt.
    public package(set) var retried = 0
    /// Calls that were revoked or had expired, before or while they ran.
    public package(set) var revoked = 0
    /// Messages parked without having been started.
    public package(set) var parked = 0
    /// Attempts after which the call has no end yet: interrupted, snoozed, held by a rate limit, or replaced by another
    /// call.
    public package(set) var released = 0
    /// Attempts that ended when another worker already had the message; their results were dropped.
    public package(set) var leasesLost = 0

    /// All attempts that ended with a state: succeeded, failed, retried, revoked or parked.
    public var processed: Int { succeeded + failed + retried + revoked + parked }

    mutating func count(_ state: TaskState, wasStarted: Bool) {
        switch state {
        case .success: succeeded += 1
        case .failure: if wasStarted { failed += 1 } else { parked += 1 }
        case .retry: retried += 1
        case .revoked: revoked += 1
        default: released += 1
        }
    }
}
