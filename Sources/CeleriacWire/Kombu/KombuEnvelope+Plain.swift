import CeleriacCore

extension KombuEnvelope {
    /// Writes a message of ``PlainShape``.
    ///
    /// - Returns: `nil` if it has another shape.
    static func encodePlain(
        _ envelope: Envelope, deliveryTag: String, exchange: String, routingKey: String, priority: Int
    ) -> [UInt8]? {
        guard envelope.hasPlainHeaders, let shown = envelope.shownArguments, priority >= 0 else { return nil }
        let properties = envelope.properties
        guard properties.contentType == Envelope.json, properties.contentEncoding == "utf-8", properties.isPersistent
        else { return nil }
        var length = PlainShape.mostFixedBytes + Base64.length(of: envelope.body.count)
        length += shown.args.count + shown.kwargs.count + 2 * deliveryTag.utf8.count + envelope.plainTextBytes
        length += exchange.utf8.count + routingKey.utf8.count + (properties.replyTo?.utf8.count ?? 0)
        length += properties.correlationID?.utf8.count ?? 0
        var isPlain = false
        let text = [UInt8](unsafeUninitializedCapacity: length) { block, count in
            var writer = PlainWriter(into: block)
            writer.put(PlainShape.start)
            writer.put(quoted: deliveryTag)
            writer.put(PlainShape.correlation)
            writer.put(quoted: properties.correlationID ?? envelope.id.rawValue)
            writer.put(PlainShape.exchange)
            writer.put(quoted: exchange)
            writer.put(PlainShape.routingKey)
            writer.put(quoted: routingKey)
            writer.put(PlainShape.priority)
            writer.put(priority)
            writer.put(PlainShape.replyTo)
            writer.put(quoted: properties.replyTo ?? deliveryTag)
            writer.put(headersOf: envelope, shown)
            writer.put(PlainShape.body)
            writer.put(base64: envelope.body)
            writer.put(PlainShape.end)
            isPlain = writer.isPlain
            count = writer.count
        }
        return isPlain ? text : nil
    }
}

extension PlainWriter {
    fileprivate mutating func put(headersOf envelope: Envelope, _ shown: ShownArguments) {
        put(PlainShape.headers)
        put(PlainShape.task)
        put(quoted: envelope.task.rawValue)
        put(PlainShape.id)
        put(quoted: envelope.id.rawValue)
        put(PlainShape.retries)
        put(envelope.retries)
        put(PlainShape.root)
        put(quoted: envelope.rootID?.rawValue)
        put(PlainShape.parent)
        put(quoted: envelope.parentID?.rawValue)
        put(PlainShape.origin)
        put(quoted: envelope.origin)
        put(PlainShape.ignoreResult)
        put(envelope.ignoreResult)
        put(PlainShape.arguments)
        put(quoted: shown.args)
        put(PlainShape.keywords)
        put(quoted: shown.kwargs)
    }
}

/// The arguments of a call as text for people, UTF-8.
struct ShownArguments {
    let args: [UInt8]
    let kwargs: [UInt8]
}

extension Envelope {
    /// `nil` if the body is not known to come from our codec.
    fileprivate var shownArguments: ShownArguments? {
        guard let ends = argumentEnds, compression == nil else { return nil }
        return ShownArguments(
            args: PythonRepr.text(ofArguments: body[1..<ends.args]),
            kwargs: PythonRepr.text(ofKeywords: body[ends.args + 1..<ends.kwargs]))
    }

    /// The total length of the header values that ``PlainShape`` writes.
    fileprivate var plainTextBytes: Int {
        2 * id.rawValue.utf8.count + task.rawValue.utf8.count + (rootID?.rawValue.utf8.count ?? 0)
            + (parentID?.rawValue.utf8.count ?? 0) + (origin?.utf8.count ?? 0)
    }
}
