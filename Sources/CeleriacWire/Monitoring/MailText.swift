import CeleriacCore

/// A message that is not a call, such as an event or a remote control command, for writing.
struct MailText {
    var exchange: String
    var routingKey: String
    /// 1: the message may be lost when a broker stops. 2: it is kept.
    var deliveryMode: Int

    func encode(body: [UInt8], headers: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 512 + Base64.length(of: body.count))
        writer.beginObject()
        writer.base64Field("body", body)
        writer.field("content-encoding", "utf-8")
        writer.field("content-type", Envelope.json)
        writer.key("headers")
        writer.beginObject()
        headers(&writer)
        writer.endObject()
        writer.key("properties")
        writer.beginObject()
        writer.field("delivery_mode", deliveryMode)
        writer.deliveryInfo(exchange: exchange, routingKey: routingKey)
        writer.field("priority", 0)
        writer.field("body_encoding", "base64")
        writer.field("delivery_tag", TaskID.random().rawValue)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Reads such a message: its headers, and its body as JSON.
    static func decode(_ raw: [UInt8], limits: MessageLimits) throws -> (headers: JSONValue, body: JSONValue) {
        let text = try KombuText(raw, limits: limits) { reader throws(JSONError) in try reader.value() }
        guard text.contentType.lowercased() == Envelope.json else {
            throw CeleriacError(
                .unsupported, "refused content type \(String(text.contentType.prefix(80)).debugDescription)")
        }
        do throws(JSONError) {
            return (text.headers ?? [:], try JSONValue(parsing: text.body, limits: limits.json))
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused body: \(error)", underlying: error)
        }
    }
}
