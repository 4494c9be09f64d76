/// The properties of a message (AMQP 0-9-1, class basic): all fourteen, each optional.
///
/// Texts have at most 255 bytes and no NUL. All properties together must fit into one frame, 128 KiB with RabbitMQ.
public struct AMQPProperties: Sendable, Hashable {
    /// MIME type of the body.
    public var contentType: String?
    /// MIME encoding of the body.
    public var contentEncoding: String?
    public var headers: AMQPTable?
    /// 1 for transient, 2 for persistent.
    public var deliveryMode: UInt8?
    /// 0 to 9 (up to 255 in RabbitMQ); a higher one is delivered first by a queue with `x-max-priority`.
    public var priority: UInt8?
    public var correlationID: String?
    public var replyTo: String?
    /// Milliseconds in decimal digits, after which a queue discards the message.
    public var expiration: String?
    public var messageID: String?
    /// Seconds since 1970, UTC.
    public var timestamp: UInt64?
    public var type: String?
    /// RabbitMQ refuses a message with another name than that of the connection's user.
    public var userID: String?
    public var appID: String?
    /// Reserved by the specification.
    public var clusterID: String?

    public init(
        contentType: String? = nil, contentEncoding: String? = nil, headers: AMQPTable? = nil,
        deliveryMode: UInt8? = nil, priority: UInt8? = nil, correlationID: String? = nil, replyTo: String? = nil,
        expiration: String? = nil, messageID: String? = nil, timestamp: UInt64? = nil, type: String? = nil,
        userID: String? = nil, appID: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.headers = headers
        self.deliveryMode = deliveryMode
        self.priority = priority
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.timestamp = timestamp
        self.type = type
        self.userID = userID
        self.appID = appID
    }
}
