import AMQPClient
import CeleriacCore
import CeleriacWire

extension TaskMessage {
    /// Reads a message.
    ///
    /// As lenient as kombu and Celery's workers: every property but the headers may be missing. A message without the
    /// header `task` is a message of protocol 1: its headers are built from its body, and the body stays as it is.
    ///
    /// A text header that is not UTF-8 is kept as tagged bytes; if it is one of Celery's own headers, the message is
    /// refused.
    ///
    /// - Throws: ``CeleriacError`` with code `tooLarge`, or `malformedMessage`, which names what is missing.
    static func envelope(
        of properties: AMQPProperties, body: [UInt8], exchange: String, routingKey: String, limits: MessageLimits
    ) throws -> Envelope {
        guard body.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "refused a body of \(body.count) bytes; at most \(limits.bodyBytes) are read")
        }
        let headers = try headers(of: properties, body, limits)
        // A message that waited in the delay levels was published for its own queue.
        let isRouted = !exchange.isEmpty && exchange != DelayLevels.endExchange
        return Envelope(
            headers: headers,
            properties: Envelope.Properties(
                contentType: properties.contentType ?? Envelope.json,
                contentEncoding: properties.contentEncoding ?? "utf-8", priority: priority(ofWire: properties.priority),
                correlationID: properties.correlationID == headers.id.rawValue ? nil : properties.correlationID,
                replyTo: properties.replyTo, exchange: isRouted ? exchange : nil,
                routingKey: isRouted ? routingKey : nil, isPersistent: properties.deliveryMode != 1),
            body: body)
    }

    /// The id of a call whose message is otherwise unreadable: the id in its headers, else in its properties
    /// (`correlation_id`), else in a body of protocol 1.
    ///
    /// - Returns: `nil` if there is no id, or an id of more than 255 bytes.
    static func taskID(of properties: AMQPProperties, body: [UInt8]) -> TaskID? {
        usable(properties.headers?["id"]?.string) ?? usable(properties.correlationID)
            ?? usable(Protocol1.id(in: body))
    }

    private static func usable(_ id: String?) -> TaskID? {
        guard let id, (1...255).contains(id.utf8.count) else { return nil }
        return TaskID(id)
    }

    private static func headers(
        of properties: AMQPProperties, _ body: [UInt8], _ limits: MessageLimits
    ) throws -> MessageHeaders {
        let table = properties.headers ?? [:]
        let headers = try PlainHeaders.headers(in: table, limits) ?? generalHeaders(in: table, limits)
        if headers.task.rawValue.isEmpty {
            guard let old = try Protocol1.headers(of: body, extra: headers.extra, limits: limits) else {
                throw missing(properties.headers == nil ? "headers" : "task")
            }
            return old
        }
        guard !headers.id.rawValue.isEmpty else { throw missing("id") }
        return headers
    }

    /// Any headers, by way of JSON text. A missing `task` or `id` is read as an empty string.
    static func generalHeaders(in table: AMQPTable, _ limits: MessageLimits) throws -> MessageHeaders {
        do throws(JSONError) {
            var writer = JSONWriter()
            writer.bytes.reserveCapacity(1024)
            try writer.headers(table, deepest: limits.json.depth)
            let (size, most) = (writer.bytes.count, limits.shownHeaderBytes)
            guard size <= most else {
                throw JSONError(.tooLong, at: 0, "headers of \(size) bytes; at most \(most) are read")
            }
            let json = JSONLimits(
                depth: limits.json.depth, keys: limits.json.keys, stringBytes: size, documentBytes: size)
            var reader = try JSONReader(writer.bytes, limits: json)
            return try MessageHeaders(unchecked: &reader)
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused message: \(error)", underlying: error)
        }
    }

    /// Values above 9 are clamped. 0 means that no priority was requested.
    private static func priority(ofWire priority: UInt8?) -> CallPriority? {
        guard let priority, priority > 0 else { return nil }
        return CallPriority(clamping: Int(priority))
    }

    private static func missing(_ name: String) -> CeleriacError {
        CeleriacError(.malformedMessage, "refused message: it has no \(name)")
    }
}
