package import CeleriacCore

/// Mails in kombu's envelope, as Redis carries them.
extension AddressedMail {
    package var kombuText: [UInt8] {
        var writer = JSONWriter(reserving: 512 + Base64.length(of: mail.body.count))
        writer.beginObject()
        writer.base64Field("body", mail.body)
        writer.field("content-encoding", "utf-8")
        writer.field("content-type", mail.contentType)
        writer.key("headers")
        writer.beginObject()
        for header in mail.headers {
            writer.key(header.name)
            writer.write(header.value)
        }
        writer.endObject()
        writer.key("properties")
        writeProperties(into: &writer)
        writer.endObject()
        return writer.bytes
    }

    private func writeProperties(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("delivery_mode", Int(deliveryMode))
        writer.deliveryInfo(exchange: exchange, routingKey: routingKey)
        writer.field("priority", 0)
        writer.field("body_encoding", "base64")
        writer.field("delivery_tag", TaskID.random().rawValue)
        writer.endObject()
    }
}

extension Mail {
    /// Reads a mail in kombu's envelope.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` or `tooLarge`.
    package init(kombuText raw: [UInt8], limits: MessageLimits) throws {
        let text = try KombuText(raw, limits: limits) { reader throws(JSONError) in try reader.value() }
        let members = text.headers?.objectValue ?? [:]
        self.init(
            headers: members.map { Header($0.key.text, $0.value) }, contentType: text.contentType, body: text.body)
    }
}
