/// Counts the messages of a queue.
///
/// Optional: a broker that must ask its server's management interface about one queue at a time may leave numbers out;
/// a broker that cannot ask at all does not conform.
public protocol QueueCounter: Sendable {
    /// - Throws: ``BrokerError``.
    func counts(of queue: QueueName) async throws -> QueueCounts
}

/// The number of messages in a queue, by their place. A number is `nil` if the broker does not know it.
public struct QueueCounts: Sendable, Hashable {
    public var ready: Int?
    public var delayed: Int?
    public var leased: Int?
    public var dead: Int?
    /// How long the oldest ready message has been due; `nil` if there is none, or if the broker does not know it.
    public var oldestReady: Duration?

    /// The defaults describe an empty queue.
    public init(
        ready: Int? = 0, delayed: Int? = 0, leased: Int? = 0, dead: Int? = 0, oldestReady: Duration? = nil
    ) {
        self.ready = ready
        self.delayed = delayed
        self.leased = leased
        self.dead = dead
        self.oldestReady = oldestReady
    }

    /// The number of ready and delayed messages together; `nil` unless both are known.
    public var waiting: Int? {
        guard let ready, let delayed else { return nil }
        return ready + delayed
    }
}
