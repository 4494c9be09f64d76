/// The token that settles one delivery: the fence. Another delivery of the same message has another.
public struct Receipt: Hashable, Sendable, CustomStringConvertible {
    /// The broker's own number for the message.
    public let message: Int64
    /// Drawn anew at each claim.
    public let token: Int64
    public let queue: QueueName

    public init(message: Int64, token: Int64, queue: QueueName) {
        self.message = message
        self.token = token
        self.queue = queue
    }

    // The token alone tells receipts apart well enough for a table; hashing the queue's name would cost more than the rest.
    public func hash(into hasher: inout Hasher) { hasher.combine(token) }

    public var description: String { "receipt \(message).\(UInt64(bitPattern: token)) of queue \"\(queue)\"" }
}

/// An envelope leased to us.
public struct Delivery: Sendable {
    public let receipt: Receipt
    public let envelope: Envelope
    /// How often it was handed out and neither settled nor given back, this time included: 1 normally, more after
    /// workers died with it.
    public let deliveryCount: DeliveryCount
    /// By ``TimeSource/uptime`` of the consumer's clock: until then it is ours. `nil` = as long as the connection lives.
    ///
    /// The broker's own count (see ``BrokerTraits/clock``) began later, so it ends no earlier, as long as both clocks run
    /// at one speed.
    public let leaseDeadline: Duration?
    /// Whether it was revoked before it could be handed out; it must not start.
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
