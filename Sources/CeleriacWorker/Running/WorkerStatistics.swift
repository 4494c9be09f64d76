/// The counts of what a worker has done since it started.
public struct WorkerStatistics: Sendable, Hashable {
    /// Attempts that ended, by the resulting state of the call.
    public var succeeded = 0
    public var failed = 0
    public var retried = 0
    public var revoked = 0
    /// Messages parked without having been started.
    public var parked = 0
    /// Attempts after which the call has no end yet: interrupted, snoozed, held by a rate limit, or replaced by another
    /// call.
    public var released = 0
    /// Attempts that ended when another worker already had the message; their results were dropped.
    public var leasesLost = 0

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
