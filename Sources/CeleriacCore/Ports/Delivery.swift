/// The token that settles one delivery: the fence. Every other delivery of the same message has another one.
public struct Receipt: Hashable, Sendable, CustomStringConvertible {
    /// The broker's own number for the message.
    public let message: Int64
    /// A new random number at each claim.
    public let token: Int64
    public let queue: QueueName

    public init(message: Int64, token: Int64, queue: QueueName) {
        self.message = message
        self.token = token
        self.queue = queue
    }

    // The token alone distinguishes receipts well enough for a hash table; hashing the queue's name would cost more
    // than the rest.
    public func hash(into hasher: inout Hasher) { hasher.combine(token) }

    public var description: String { "receipt \(message).\(UInt64(bitPattern: token)) of queue \"\(queue)\"" }
}

/// An envelope leased to this consumer.
public struct Delivery: Sendable {
    public let receipt: Receipt
    public let envelope: Envelope
    /// How often the message was handed out and neither settled nor given back, this time included: 1 normally, more if
    /// workers died while holding it.
    public let deliveryCount: DeliveryCount
    /// When the lease ends, as ``TimeSource/uptime`` of the consumer's clock. `nil` if it lasts as long as the
    /// connection.
    ///
    /// The broker's own count (see ``BrokerTraits/clock``) starts later, so it does not end earlier, provided that both
    /// clocks run at the same speed.
    public let leaseDeadline: Duration?
    /// Whether it was revoked before it was handed out; it must not be started.
    public let isRevoked: Bool

    public init(
        receipt: Receipt, envelope: Envelope, deliveryCount: DeliveryCount, leaseDeadline: Duration?,
        isRevoked: Bool = false
    ) {
        self.receipt = receipt
        self.envelope = envelope
        self.deliveryCount = deliveryCount
        self.leaseDeadline = leaseDeadline
        self.isRevoked = isRevoked
    }

    public var queue: QueueName { receipt.queue }
    public var id: TaskID { envelope.id }
}
