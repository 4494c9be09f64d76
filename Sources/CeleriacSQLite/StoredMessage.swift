import CeleriacCore

/// An envelope as its columns hold it.
///
/// Made and read by the caller, so that the writer's thread, of which there is one, moves bytes only.
struct StoredMessage: Sendable {
    let id: TaskID
    let priority: CallPriority
    /// `nil` = `application/json`, as most are.
    let contentType: String?
    /// `nil` = `utf-8`.
    let contentEncoding: String?
    let correlationID: String?
    let replyTo: String?
    let headers: [UInt8]
    let body: [UInt8]

    private static let usual = Envelope.Properties()

    init(_ envelope: Envelope) {
        let properties = envelope.properties
        id = envelope.id
        priority = properties.priority ?? .normal
        contentType = properties.contentType == Self.usual.contentType ? nil : properties.contentType
        contentEncoding = properties.contentEncoding == Self.usual.contentEncoding ? nil : properties.contentEncoding
        correlationID = properties.correlationID
        replyTo = properties.replyTo
        headers = envelope.headers.json()
        body = envelope.body
    }

    /// Reads content type, content encoding, correlation id, reply-to, headers and body from six columns on.
    init(id: String, rank: Int64, columns first: Int32, of row: borrowing PreparedStatement) {
        self.id = TaskID(id)
        priority = Place.priority(ofRank: rank)
        contentType = row.optionalText(first)
        contentEncoding = row.optionalText(first + 1)
        correlationID = row.optionalText(first + 2)
        replyTo = row.optionalText(first + 3)
        headers = row.bytes(first + 4)
        body = row.bytes(first + 5)
    }

    /// - Throws: ``JSONError`` if the headers are no headers; such a message is parked with that reason.
    func envelope() throws -> Envelope {
        Envelope(headers: try MessageHeaders(parsing: headers), properties: properties, body: body)
    }

    /// The envelope, or, where its headers cannot be read, one that shows at least id and body to people.
    func envelopeForPeople() -> Envelope {
        if let envelope = try? envelope() { return envelope }
        return Envelope(headers: MessageHeaders(id: id, task: "unreadable"), properties: properties, body: body)
    }

    /// The message as it was before any attempt failed. Headers that cannot be read stay as they are.
    func asFirstAttempt() -> StoredMessage {
        let fresh = try? StoredMessage(
            envelope().with { headers in
                headers.retries = 0
                headers.history = []
            })
        return fresh ?? self
    }

    private var properties: Envelope.Properties {
        Envelope.Properties(
            contentType: contentType ?? Self.usual.contentType,
            contentEncoding: contentEncoding ?? Self.usual.contentEncoding,
            // Asked for or not, the usual one is kept alike.
            priority: priority == .normal ? nil : priority,
            correlationID: correlationID, replyTo: replyTo)
    }
}

extension PreparedStatement {
    /// Binds the six columns that ``StoredMessage/init(id:rank:columns:of:)`` reads.
    mutating func bind(_ message: StoredMessage) {
        bind(message.contentType)
        bind(message.contentEncoding)
        bind(message.correlationID)
        bind(message.replyTo)
        bind(message.headers)
        bind(message.body)
    }
}
