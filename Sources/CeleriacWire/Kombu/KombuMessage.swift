package import CeleriacCore

/// A task message as an element of a Redis list: the envelope, and the properties of kombu's transport.
package struct KombuMessage: Sendable, Hashable {
    package var envelope: Envelope
    /// Unique for each publication, and the message's key in the hash of unacknowledged messages.
    package var deliveryTag: String
    /// The exchange that it was published to; empty if it went straight into the queue that ``routingKey`` names.
    package var exchange: String
    package var routingKey: String
    /// As on the wire: 0 is served first, 9 last.
    package var priority: Int
    /// Whether it was given back to its queue before.
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
