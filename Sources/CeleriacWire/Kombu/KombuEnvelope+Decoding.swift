package import CeleriacCore

extension KombuEnvelope {
    /// Reads a message.
    ///
    /// As lenient as kombu and Celery's workers: priority, content encoding, correlation id and reply-to may be
    /// missing. A message without headers is a message of protocol 1: its headers are built from its body, and the body
    /// stays as it is.
    ///
    /// - Throws: ``CeleriacError`` with code `tooLarge`, or `malformedMessage`, which names what is missing.
    package static func decode(_ raw: [UInt8], limits: MessageLimits) throws -> KombuMessage {
        try KombuMessage(plain: raw, limits: limits) ?? decodeAny(raw, limits: limits)
    }

    /// Reads a message of any shape, as JSON.
    package static func decodeAny(_ raw: [UInt8], limits: MessageLimits) throws -> KombuMessage {
        let text = try KombuText(raw, limits: limits) { reader throws(JSONError) in
            try MessageHeaders(unchecked: &reader)
        }
        let properties = text.properties
        guard let tag = properties.deliveryTag else { throw missing("delivery_tag") }
        guard let exchange = properties.exchange else { throw missing("delivery_info.exchange") }
        guard let routingKey = properties.routingKey else { throw missing("delivery_info.routing_key") }
        var headers = try headers(of: text, limits: limits)
        let wasGivenBack = !headers.extra.isEmpty && headers.extra.removeValue(forKey: "redelivered") == true
        return KombuMessage(
            envelope: Envelope(
                headers: headers, properties: envelopeProperties(of: text, id: headers.id, tag: tag), body: text.body),
            deliveryTag: tag, exchange: exchange, routingKey: routingKey, priority: properties.priority,
            isRedelivered: properties.isRedelivered || wasGivenBack
        )
    }

    private static func headers(
        of text: KombuText<MessageHeaders>, limits: MessageLimits
    ) throws -> MessageHeaders {
        guard let headers = text.headers else { throw missing("headers") }
        if headers.task.rawValue.isEmpty {
            guard let old = try Protocol1.headers(of: text.body, extra: headers.extra, limits: limits) else {
                throw missing("task")
            }
            return old
        }
        guard !headers.id.rawValue.isEmpty else { throw missing("id") }
        return headers
    }

    private static func envelopeProperties(
        of text: KombuText<MessageHeaders>, id: TaskID, tag: String
    ) -> Envelope.Properties {
        let properties = text.properties
        let isRouted = properties.exchange?.isEmpty == false
        return Envelope.Properties(
            contentType: text.contentType, contentEncoding: text.contentEncoding,
            priority: priority(ofWire: properties.priority),
            correlationID: properties.correlationID == id.rawValue ? nil : properties.correlationID,
            replyTo: properties.replyTo == tag ? nil : properties.replyTo,
            exchange: isRouted ? properties.exchange : nil, routingKey: isRouted ? properties.routingKey : nil,
            isPersistent: properties.isPersistent)
    }

    /// Converts a priority of the wire, which counts the other way round. Values outside 0…9 are clamped. 0 means that
    /// no priority was requested.
    static func priority(ofWire priority: Int) -> CallPriority? {
        priority == 0 ? nil : CallPriority(clamping: 9 - min(9, max(0, priority)))
    }

    private static func missing(_ name: String) -> CeleriacError {
        CeleriacError(.malformedMessage, "refused message: it has no \(name)")
    }
}
