/// Lists the bindings of a broker's exchanges. Optional: the servers of some brokers keep them to themselves.
public protocol BindingDirectory: Sendable {
    /// The bindings of the exchanges that carry tasks, sorted by exchange, then queue, then key.
    ///
    /// - Throws: ``BrokerError``.
    func bindings() async throws -> [QueueBinding]
}

/// A queue that receives the messages of an exchange.
public struct QueueBinding: Sendable, Hashable {
    public var queue: QueueName
    public var exchange: String
    /// The routing key, which for a topic exchange is a pattern.
    public var key: String

    public init(queue: QueueName, exchange: String, key: String) {
        self.queue = queue
        self.exchange = exchange
        self.key = key
    }
}
