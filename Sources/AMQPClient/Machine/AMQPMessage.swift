import NIOCore

/// A message to publish.
public struct AMQPMessage: Sendable, Hashable {
    /// The exchange's name, at most 255 bytes. The empty one, which is the default, routes to the queue that the routing
    /// key names.
    public var exchange: String
    /// At most 255 bytes.
    public var routingKey: String
    /// Whether a message that no queue receives is an error, `unroutable`, instead of being dropped. Default true.
    public var isMandatory: Bool
    public var properties: AMQPProperties
    public var body: [UInt8]

    public init(
        exchange: String = "", routingKey: String, properties: AMQPProperties = AMQPProperties(),
        body: [UInt8] = [], isMandatory: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.isMandatory = isMandatory
        self.properties = properties
        self.body = body
    }
}

extension AMQPMessage {
    /// Writes method, header and body. If a name or the properties cannot be written, nothing is.
    func write(to buffer: inout ByteBuffer, channel: UInt16, limit: Int) throws(AMQPViolation) {
        let start = buffer.writerIndex
        do throws(AMQPViolation) {
            let method = BasicMethod.publish(exchange: exchange, routingKey: routingKey, isMandatory: isMandatory)
            try buffer.write(.basic(method), channel: channel, limit: limit)
            let header = ContentHeader(bodySize: UInt64(body.count), properties: properties)
            try buffer.writeFrame(.header, channel: channel, limit: limit) { (buffer) throws(AMQPViolation) in
                try header.write(to: &buffer)
            }
            buffer.write(body: body, channel: channel, limit: limit)
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
    }
}

/// The outcome of one published message: confirmed, or an error.
///
/// The codes of the error: `unroutable`, `refused`, `blocked`, `invalid`, and those of a lost channel or connection or a
/// missed deadline, after which ``AMQPError/mayHaveBeenDone`` tells whether the message may be in a queue.
public typealias AMQPOutcome = Result<Void, AMQPError>
