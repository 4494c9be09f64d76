/// How many jobs of one key may be queued or running at once, over all queues: RQ's `RateLimit`. The others wait for a place.
public struct JobRateLimit: Sendable, Hashable {
    /// Any text.
    public var key: String
    /// At least 1. What was said last holds for all jobs of the key.
    public var concurrency: Int

    public init(key: String, concurrency: Int) {
        self.key = key
        self.concurrency = concurrency
    }

    func check() throws {
        try demand(!key.isEmpty, "a rate limit has a key")
        try demand(concurrency > 0, "a rate limit lets one job run at least")
    }
}
