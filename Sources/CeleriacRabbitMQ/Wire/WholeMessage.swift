#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AMQPClient
import CeleriacCore
import CeleriacWire

/// An unreadable message as the body of an envelope, so that a store of another kind can keep it as a dead letter, and so
/// that it can be published again as it was.
///
/// ```
/// {"properties":{"content_type":"text/plain","delivery_mode":2,…},"headers":{…},"body":"…","body_encoding":"base64"}
/// ```
///
/// Headers have the form of ``CeleriacWire``'s envelopes: values that JSON lacks are tagged. A missing member is a property
/// that the message did not have. As in a ``MessageCopy``, headers that concern one copy, `expiration` and `user-id` are
/// left out.
enum WholeMessage {
    static let contentType = "application/vnd.celeriac.amqp+json"

    // MARK: Writing

    /// - Throws: ``CeleriacError`` with code `tooLarge` for a body or headers beyond the limits.
    static func envelope(
        of properties: AMQPProperties, body: [UInt8], _ id: TaskID, limits: MessageLimits
    ) throws -> Envelope {
        try check(body.count, limits)
        var writer = JSONWriter()
        do throws(JSONError) {
            writer.beginObject()
            writer.properties(properties)
            if let headers = properties.headers {
                writer.member("headers")
                try writer.headers(headers, deepest: limits.json.depth)
            }
            writer.wholeBody(body)
            writer.endObject()
        } catch {
            throw CeleriacError(.tooLarge, "headers that cannot be kept: \(error)", underlying: error)
        }
        try check(writer.bytes.count, limits)
        return Envelope(
            headers: MessageHeaders(id: id, task: "unreadable"),
            properties: Envelope.Properties(contentType: contentType), body: writer.bytes)
    }

    /// Other stores read a body of that size, too.
    private static func check(_ bytes: Int, _ limits: MessageLimits) throws {
        guard bytes <= limits.bodyBytes else {
            throw CeleriacError(.tooLarge, "a message of \(bytes) bytes; at most \(limits.bodyBytes) are kept")
        }
    }

    // MARK: Reading

    /// - Returns: the message for a queue; `nil` for an envelope that holds a call.
    /// - Throws: ``CeleriacError`` with code `malformedMessage`.
    static func message(in envelope: Envelope, to queue: QueueName, now: Date) throws -> AMQPMessage? {
        guard envelope.properties.contentType == contentType else { return nil }
        do throws(JSONError) {
            var reader = try JSONReader(envelope.body, limits: .checkedBefore)
            var (properties, headers, text, isBase64) = (AMQPProperties(), AMQPTable?.none, "", false)
            try reader.beginObject()
            while let name = try reader.nextKey() {
                switch name {
                case "properties": properties = AMQPProperties(try reader.value())
                case "headers": headers = try AMQPTable(headersFrom: &reader)
                case "body": text = try reader.string()
                case "body_encoding": isBase64 = try reader.string() == "base64"
                default: try reader.skip()
                }
            }
            let bytes = Array(text.utf8)
            guard let body = isBase64 ? Base64.decode(bytes[...]) : bytes else {
                throw JSONError(.syntax, at: 0, "the body is not base64")
            }
            properties.headers = headers
            var message = MessageCopy(of: properties, body: body, now: now).message(to: queue.rawValue)
            // A copy always has headers.
            if headers == nil { message.properties.headers = nil }
            return message
        } catch {
            throw CeleriacError(
                .malformedMessage, "the message of dead letter \(envelope.id) cannot be restored: \(error)",
                underlying: error)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func properties(_ properties: AMQPProperties) {
        member("properties")
        beginObject()
        field("content_type", properties.contentType)
        field("content_encoding", properties.contentEncoding)
        field("delivery_mode", properties.deliveryMode.map { Int($0) })
        field("priority", properties.priority.map { Int($0) })
        field("correlation_id", properties.correlationID)
        field("reply_to", properties.replyTo)
        field("message_id", properties.messageID)
        field("timestamp", properties.timestamp.map { Int(clamping: $0) })
        field("type", properties.type)
        field("app_id", properties.appID)
        endObject()
    }

    /// Text stays readable for people.
    fileprivate mutating func wholeBody(_ body: [UInt8]) {
        let text = String(validating: body, as: UTF8.self)
        field("body", text ?? String(decoding: Base64.encode(body), as: UTF8.self))
        field("body_encoding", text == nil ? "base64" : "utf-8")
    }
}

extension AMQPProperties {
    fileprivate init(_ value: JSONValue) {
        self.init(
            contentType: value["content_type"]?.stringValue, contentEncoding: value["content_encoding"]?.stringValue,
            deliveryMode: value["delivery_mode"]?.intValue.flatMap(UInt8.init(exactly:)),
            priority: value["priority"]?.intValue.flatMap(UInt8.init(exactly:)),
            correlationID: value["correlation_id"]?.stringValue, replyTo: value["reply_to"]?.stringValue,
            messageID: value["message_id"]?.stringValue,
            timestamp: value["timestamp"]?.intValue.flatMap(UInt64.init(exactly:)), type: value["type"]?.stringValue,
            appID: value["app_id"]?.stringValue)
    }
}
