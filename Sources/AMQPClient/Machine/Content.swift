import NIOCore

/// A whole content: what header and body frames brought.
struct Content: Sendable {
    let properties: AMQPProperties
    let body: [UInt8]
    let defect: String?
}

/// The facts about a content that the method before it contained.
enum ContentHead {
    case deliver(consumerTag: String, AMQPDelivery.Head)
    /// An answer to `basic.get`, with its method.
    case get(MethodID, AMQPDelivery.Head)
    case returned(exchange: String, routingKey: String, AMQPServerError)
}

/// Puts a content together: one header frame, then body frames until its size is reached (AMQP 0-9-1, section 4.2.6).
struct ContentAssembly: Sendable {
    private let largestBody: Int
    private var header: ContentHeader?
    private var body: [UInt8] = []
    private var received: UInt64 = 0

    /// The memory that is reserved before the bytes are there, since a peer can announce any size.
    private static let largestReserve = 1 << 20

    init(largestBody: Int) { self.largestBody = largestBody }

    /// Returns the content if it has no body.
    mutating func take(header: ContentHeader) throws(AMQPViolation) -> Content? {
        guard self.header == nil else { throw .unexpectedFrame(Frame.Kind.header.description) }
        self.header = header
        return finished(header)
    }

    /// Returns the content if it is complete.
    mutating func take(body bytes: ByteBuffer) throws(AMQPViolation) -> Content? {
        guard let header else { throw .unexpectedFrame(Frame.Kind.body.description) }
        guard UInt64(bytes.readableBytes) <= header.bodySize - received else {
            throw .unexpectedFrame("a body longer than announced")
        }
        received += UInt64(bytes.readableBytes)
        if !isTooLarge(header) { add(bytes, of: header) }
        return finished(header)
    }

    private mutating func add(_ bytes: ByteBuffer, of header: ContentHeader) {
        if body.isEmpty { body.reserveCapacity(min(Int(header.bodySize), Self.largestReserve)) }
        body.append(contentsOf: bytes.readableBytesView)
    }

    private func isTooLarge(_ header: ContentHeader) -> Bool { header.bodySize > UInt64(max(0, largestBody)) }

    private func finished(_ header: ContentHeader) -> Content? {
        guard received == header.bodySize else { return nil }
        return Content(properties: header.properties, body: body, defect: defect(of: header))
    }

    private func defect(of header: ContentHeader) -> String? {
        if isTooLarge(header) { return "the body has \(header.bodySize) bytes, where \(largestBody) are the limit" }
        return header.violation.map { "the properties cannot be read: \($0)" }
    }
}
