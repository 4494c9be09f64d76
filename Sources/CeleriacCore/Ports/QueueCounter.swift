/// Counts the messages of a queue.
///
/// Optional: a broker that is asked for one queue at a time by its server's management interface, or not at all, leaves
/// numbers out or does not conform.
public protocol QueueCounter: Sendable {
    /// - Throws: ``BrokerError``.
    func counts(of queue: QueueName) async throws -> QueueCounts
}

/// How many messages a queue holds, by where they stand. A number that the broker cannot tell is `nil`.
public struct QueueCounts: Sendable, Hashable {
    public var ready: Int?
    public var delayed: Int?
    public var leased: Int?
    public var dead: Int?
    /// How long the oldest ready message has been due; `nil` if there is none, or the broker cannot tell.
    public var oldestReady: Duration?

    /// The defaults are those of an empty queue.
    public init(
        ready: Int? = 0, delayed: Int? = 0, leased: Int? = 0, dead: Int? = 0, oldestReady: Duration? = nil
    ) {
        self.ready = ready
        self.delayed = delayed
        self.leased = leased
        self.dead = dead
        self.oldestReady = oldestReady
    }

    /// Ready and delayed together; `nil` unless both are known.
    public var waiting: Int? {
        guard let ready, let delayed else { return nil }
        return ready + delayed
    }
}
