/// A received message. It stays the channel's until it is settled, unless it came without the duty to (`noAck`).
public final class AMQPDelivery: Sendable {
    /// The delivery tag: the number of the delivery on its channel, from 1.
    public let tag: UInt64
    /// Whether the message was delivered before, and given back.
    public let isRedelivered: Bool
    public let exchange: String
    public let routingKey: String
    public let properties: AMQPProperties
    public let body: [UInt8]
    /// Why the message did not arrive whole: the properties could not be read and are empty, or the body was longer than
    /// ``AMQPConfiguration/largestBody`` and is empty. `nil` for a whole message.
    public let defect: String?
    /// Whether the delivery waits for `ack`, `nack` or `reject`; false if it was asked for with `noAck`.
    public let needsSettlement: Bool
    /// The number of ready messages left in the queue, for an answer to `get`.
    public let messagesLeft: Int?
    let channel: ChannelKey

    init(_ head: Head, _ content: Content, channel: ChannelKey) {
        tag = head.tag
        isRedelivered = head.isRedelivered
        exchange = head.exchange
        routingKey = head.routingKey
        messagesLeft = head.messagesLeft
        needsSettlement = !head.noAck
        properties = content.properties
        body = content.body
        defect = content.defect
        self.channel = channel
    }

    /// The arguments of `basic.deliver` or `basic.get-ok`.
    struct Head {
        let tag: UInt64
        let isRedelivered: Bool
        let exchange: String
        let routingKey: String
        var messagesLeft: Int?
        let noAck: Bool
    }
}

/// A channel of a connection. Its number is used again after the channel is closed, its generation never.
struct ChannelKey: Sendable, Hashable {
    let number: UInt16
    let generation: UInt64
}
