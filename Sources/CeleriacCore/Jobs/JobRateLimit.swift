/// How many jobs with one key may be queued or running at once, over all queues: RQ's `RateLimit`. Other jobs wait for
/// a free place.
public struct JobRateLimit: Sendable, Hashable {
    /// Any text.
    public var key: String
    /// At least 1. The value that was set last applies to all jobs with the key.
    public var concurrency: Int

    public init(key: String, concurrency: Int) {
        self.key = key
        self.concurrency = concurrency
    }

    func check() throws {
        try demand(!key.isEmpty, "the key of a rate limit must not be empty")
        try demand(concurrency > 0, "the concurrency of a rate limit must be at least 1")
    }
}
