package import CeleriacCore

/// An envelope in the form of its columns.
///
/// Encoded and decoded by the caller, so that the writer's only thread just moves bytes.
package struct StoredMessage: Sendable {
    package let id: TaskID
    package let priority: CallPriority
    /// `nil` means `application/json`, the usual type.
    package let contentType: String?
    /// `nil` means `utf-8`.
    package let contentEncoding: String?
    package let correlationID: String?
    package let replyTo: String?
    package let headers: [UInt8]
    package let body: [UInt8]

    private static let usual = Envelope.Properties()

    package init(_ envelope: Envelope) {
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

    /// - Parameters:
    ///   - contentType: the stored value, like the other parameters.
    package init(
        id: TaskID, priority: CallPriority, contentType: String?, contentEncoding: String?, correlationID: String?,
        replyTo: String?, headers: [UInt8], body: [UInt8]
    ) {
        self.id = id
        self.priority = priority
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.headers = headers
        self.body = body
    }

    /// - Throws: ``JSONError`` if the headers are unreadable; such a message becomes a dead letter with that reason.
    package func envelope() throws -> Envelope {
        Envelope(headers: try MessageHeaders(parsing: headers), properties: properties, body: body)
    }

    /// The envelope. If its headers are unreadable, returns one that still shows id and body to people.
    package func envelopeForPeople() -> Envelope {
        if let envelope = try? envelope() { return envelope }
        return Envelope(headers: MessageHeaders(id: id, task: "unreadable"), properties: properties, body: body)
    }

    /// The message as it was before any attempt failed. Unreadable headers stay as they are.
    package func asFirstAttempt() -> StoredMessage {
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
            // The usual priority is stored the same way whether it was requested or not.
            priority: priority == .normal ? nil : priority,
            correlationID: correlationID, replyTo: replyTo)
    }
}
