package import CeleriacCore

/// A message that is not a call, such as an event or a command of remote control: its content, without the envelope of
/// a broker.
package struct Mail: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// In the order in which they are written.
    package var headers: [Header]
    package var contentType: String
    package var body: [UInt8]

    package init(headers: [Header], contentType: String = Envelope.json, body: [UInt8]) {
        self.headers = headers
        self.contentType = contentType
        self.body = body
    }

    /// The value of a header; `nil` if the mail does not have it.
    func header(_ name: String) -> JSONValue? { headers.last { $0.name == name }?.value }

    /// Reads the body, which must be JSON.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, `tooLarge` or `unsupported`.
    func document(limits: MessageLimits) throws -> JSONValue {
        guard contentType.lowercased() == Envelope.json else {
            throw CeleriacError(.unsupported, "refused content type \(String(contentType.prefix(80)).debugDescription)")
        }
        guard body.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "refused a body of \(body.count) bytes; at most \(limits.bodyBytes) are read")
        }
        do throws(JSONError) {
            return try JSONValue(parsing: body, limits: limits.json)
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused body: \(error)", underlying: error)
        }
    }
}

/// A mail to be published, and where it goes.
package struct AddressedMail: Sendable, Hashable {
    package var exchange: String
    package var routingKey: String
    /// 1: the mail may be lost when a broker stops. 2: it is kept.
    package var deliveryMode: UInt8
    package var mail: Mail

    init(_ mail: Mail, exchange: String, routingKey: String, deliveryMode: UInt8) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.deliveryMode = deliveryMode
        self.mail = mail
    }
}
