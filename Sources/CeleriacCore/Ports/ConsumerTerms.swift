/// The terms on which a consumer is opened.
public struct ConsumerTerms: Sendable {
    /// At least one queue; the queues need not exist yet.
    public var queues: [QueueName]
    /// How long a delivery is leased without renewal; at least one second. Ignored by brokers whose deliveries are
    /// bound to a connection.
    ///
    /// The broker counts it by the clock that ``BrokerTraits/clock`` names: its server's clock, or the uptime of its
    /// `TimeSource`. The consumer counts it by its own uptime, from before the claim is sent, so the consumer's lease
    /// ends first.
    public var lease: Duration
    /// The most unsettled deliveries that the consumer will hold; `.max` for no limit.
    ///
    /// A broker that pushes must not send more than that, except what the consumer settles within milliseconds; it takes
    /// back what is not claimed in time. A broker that is polled for each delivery may ignore it,
    /// because ``Consumer/next(upTo:from:wait:)`` has its own limit.
    public var capacity: Int
    /// Takes each message that the broker cannot read, before the broker removes it from its queue.
    ///
    /// Only a broker without a ``DeadLetterStore`` calls it; the others park such messages themselves. If it is `nil` or
    /// throws, the broker keeps the message in a place of its own. After a crash a message may be handed over again.
    public var buryUnreadable: (@Sendable (UnreadableMessage) async throws -> Void)?

    public init(
        _ queues: [QueueName], lease: Duration, capacity: Int = .max,
        buryUnreadable: (@Sendable (UnreadableMessage) async throws -> Void)? = nil
    ) {
        self.queues = queues
        self.lease = lease
        self.capacity = capacity
        self.buryUnreadable = buryUnreadable
    }
}

/// A message that a broker cannot read, as the dead letter that it becomes.
public struct UnreadableMessage: Sendable {
    /// Its envelope holds the whole message in a form that the broker can publish again.
    public var letter: DeadLetter
    /// The call whose message it is; `nil` if that cannot be read either.
    public var callID: TaskID?

    public init(_ letter: DeadLetter, callID: TaskID?) {
        self.letter = letter
        self.callID = callID
    }
}
