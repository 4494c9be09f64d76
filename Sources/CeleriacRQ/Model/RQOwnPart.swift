import CeleriacCore
import CeleriacRQWire

/// The parts of our own message for which RQ has no field: the field `celeriac` of a job's hash.
///
/// ```
/// {"headers": {"id": "…", "root_id": "…", "retries": 1, …}, "embed": {…}, "priority": 7, "correlation_id": "…",
///  "reply_to": "…"}
/// ```
struct RQOwnPart: Sendable {
    static let field = "celeriac"

    var headers: MessageHeaders
    /// The third part of a Celery body; `nil` if it is empty.
    var embed: [UInt8]?
    var priority: CallPriority?
    var correlationID: String?
    var replyTo: String?

    init(_ envelope: Envelope, embed: [UInt8]) {
        headers = envelope.headers
        self.embed = embed == Message.emptyEmbed ? nil : embed
        priority = envelope.properties.priority
        correlationID = envelope.properties.correlationID
        replyTo = envelope.properties.replyTo
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("headers")
        headers.write(into: &writer)
        writer.field("embed", text: embed)
        writer.field("priority", priority?.rawValue)
        writer.field("correlation_id", correlationID)
        writer.field("reply_to", replyTo)
        writer.endObject()
        return writer.bytes
    }

    /// - Throws: ``JSONError`` if this library did not write the text.
    init(parsing text: [UInt8], limits: JSONLimits) throws(JSONError) {
        var headers: MessageHeaders?
        var reader = try JSONReader(text, limits: limits)
        var values: (embed: [UInt8]?, priority: Int?, correlationID: String?, replyTo: String?)
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "headers": headers = try MessageHeaders(from: &reader)
            case "embed": values.embed = try reader.raw()
            case "priority": values.priority = try reader.int()
            case "correlation_id": values.correlationID = try reader.string()
            case "reply_to": values.replyTo = try reader.string()
            default: try reader.skip()
            }
        }
        try reader.finish()
        guard let headers else { throw JSONError(.missing, at: 0, "the headers are missing") }
        self.headers = headers
        embed = values.embed
        priority = values.priority.flatMap(CallPriority.init(rawValue:))
        (correlationID, replyTo) = (values.correlationID, values.replyTo)
    }
}
