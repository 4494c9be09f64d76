/// The terms on which a consumer is opened.
public struct ConsumerTerms: Sendable {
    /// At least one; they need not exist yet.
    public var queues: [QueueName]
    /// How long a delivery is ours without renewal; at least one second. Ignored by brokers whose deliveries are bound to
    /// a connection.
    ///
    /// The broker counts it by the clock that ``BrokerTraits/clock`` names: that of its server, or the uptime of its
    /// `TimeSource`. The consumer counts from before its claim was sent, by its own uptime, so its count ends first.
    public var lease: Duration
    /// The most unsettled deliveries that the consumer will hold; `.max` = no limit.
    ///
    /// A broker that pushes must not send more than that. A broker that is asked for each delivery may ignore it, since
    /// ``Consumer/next(upTo:from:wait:)`` names a limit of its own.
    public var capacity: Int

    public init(_ queues: [QueueName], lease: Duration, capacity: Int = .max) {
        self.queues = queues
        self.lease = lease
        self.capacity = capacity
    }
}
