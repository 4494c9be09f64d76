public import CeleriacCore

/// A task message as it lies in a list of Redis: the envelope, and what kombu's transport keeps beside it.
public struct KombuMessage: Sendable, Hashable {
    public var envelope: Envelope
    /// Unique for each time that a message is published, and its key in the hash of unacknowledged messages.
    public var deliveryTag: String
    /// Where it was published; empty = straight into the queue that ``routingKey`` names.
    public var exchange: String
    public var routingKey: String
    /// As it stands on the wire: 0 is served first, 9 last.
    public var priority: Int
    /// Whether it was given back to its queue once.
    public var isRedelivered: Bool

    public init(
        envelope: Envelope, deliveryTag: String, exchange: String, routingKey: String, priority: Int,
        isRedelivered: Bool
    ) {
        self.envelope = envelope
        self.deliveryTag = deliveryTag
        self.exchange = exchange
        self.routingKey = routingKey
        self.priority = priority
        self.isRedelivered = isRedelivered
    }
}
