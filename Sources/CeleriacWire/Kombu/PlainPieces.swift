import CeleriacCore

/// The values of a message of ``PlainShape``, as pointers into its text. Valid only as long as that text.
struct PlainPieces {
    typealias Piece = UnsafeBufferPointer<UInt8>

    private let properties: Properties
    private let headers: Headers
    private let body: Piece

    private struct Properties {
        let tag, correlation, exchange, routingKey, replyTo: Piece
        let priority: Int

        init?(_ reader: inout PlainReader) {
            guard reader.pass(PlainShape.start), let tag = reader.quoted(),
                reader.pass(PlainShape.correlation), let correlation = reader.quoted(),
                reader.pass(PlainShape.exchange), let exchange = reader.quoted(),
                reader.pass(PlainShape.routingKey), let routingKey = reader.quoted(),
                reader.pass(PlainShape.priority), let priority = reader.number(),
                reader.pass(PlainShape.replyTo), let replyTo = reader.quoted()
            else { return nil }
            (self.tag, self.correlation, self.exchange, self.routingKey) = (tag, correlation, exchange, routingKey)
            (self.priority, self.replyTo) = (priority, replyTo)
        }
    }

    private struct Headers {
        let task, id: Piece
        let root, parent, origin: Piece?
        let retries: Int
        let ignoreResult: Bool?

        init?(_ reader: inout PlainReader) {
            guard reader.pass(PlainShape.task), let task = reader.quoted(), !task.isEmpty,
                reader.pass(PlainShape.id), let id = reader.quoted(), !id.isEmpty,
                reader.pass(PlainShape.retries), let retries = reader.number(),
                reader.pass(PlainShape.root), let root = reader.quotedOrNull(),
                reader.pass(PlainShape.parent), let parent = reader.quotedOrNull(),
                reader.pass(PlainShape.origin), let origin = reader.quotedOrNull(),
                reader.pass(PlainShape.ignoreResult), let ignoreResult = reader.boolOrNull(),
                reader.pass(PlainShape.arguments), reader.quoted() != nil,
                reader.pass(PlainShape.keywords), reader.quoted() != nil
            else { return nil }
            (self.task, self.id, self.root, self.parent, self.origin) = (task, id, root, parent, origin)
            (self.retries, self.ignoreResult) = (retries, ignoreResult)
        }
    }

    /// Fails if the text has another shape or longer headers.
    init?(_ text: Piece, mostHeaderBytes: Int) {
        var reader = PlainReader(text)
        guard let properties = Properties(&reader), reader.pass(PlainShape.headers) else { return nil }
        let start = reader.place
        guard let headers = Headers(&reader), reader.place - start < mostHeaderBytes, reader.pass(PlainShape.body),
            let body = reader.quoted(), reader.pass(PlainShape.end), reader.isAtEnd
        else { return nil }
        (self.properties, self.headers, self.body) = (properties, headers, body)
    }

    /// `nil` if the body is not base64.
    func message() -> KombuMessage? {
        guard let body = Base64.decode(body) else { return nil }
        let tag = properties.tag.string
        let (exchange, routingKey) = (properties.exchange.string, properties.routingKey.string)
        // The id usually occurs three times: one string serves for all.
        let id = headers.id.string
        var headers = MessageHeaders(id: TaskID(id), task: TaskName(self.headers.task.string))
        headers.retries = self.headers.retries
        headers.rootID = self.headers.root.map { TaskID($0.isEqual(to: self.headers.id) ? id : $0.string) }
        headers.parentID = self.headers.parent.map { TaskID($0.string) }
        headers.origin = self.headers.origin?.string
        headers.ignoreResult = self.headers.ignoreResult
        let isRouted = !exchange.isEmpty
        let properties = Envelope.Properties(
            priority: KombuEnvelope.priority(ofWire: properties.priority),
            correlationID: properties.correlation.isEqual(to: self.headers.id) ? nil : properties.correlation.string,
            replyTo: properties.replyTo.isEqual(to: properties.tag) ? nil : properties.replyTo.string,
            exchange: isRouted ? exchange : nil, routingKey: isRouted ? routingKey : nil)
        return KombuMessage(
            envelope: Envelope(headers: headers, properties: properties, body: body), deliveryTag: tag,
            exchange: exchange, routingKey: routingKey, priority: self.properties.priority, isRedelivered: false)
    }
}

extension KombuMessage {
    /// Reads a message of ``PlainShape``.
    ///
    /// Fails, without judging the message, if it has another shape, or if a limit is so narrow that it may matter.
    init?(plain raw: [UInt8], limits: MessageLimits) {
        guard raw.count <= limits.bodyBytes, limits.json.keys >= 64, limits.json.depth >= 8 else { return nil }
        let message = raw.withUnsafeBufferPointer { text in
            PlainPieces(text, mostHeaderBytes: limits.headerBytes)?.message()
        }
        guard let message else { return nil }
        self = message
    }
}
