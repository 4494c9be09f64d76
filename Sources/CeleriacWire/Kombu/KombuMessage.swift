package import CeleriacCore

/// A task message as it lies in a list of Redis: the envelope, and what kombu's transport keeps beside it.
package struct KombuMessage: Sendable, Hashable {
    package var envelope: Envelope
    /// Unique for each time that a message is published, and its key in the hash of unacknowledged messages.
    package var deliveryTag: String
    /// Where it was published; empty = straight into the queue that ``routingKey`` names.
    package var exchange: String
    package var routingKey: String
    /// As it stands on the wire: 0 is served first, 9 last.
    package var priority: Int
    /// Whether it was given back to its queue once.
    package var isRedelivered: Bool

    package init(
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
