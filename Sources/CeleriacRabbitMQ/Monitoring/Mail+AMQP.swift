import AMQPClient
import CeleriacCore
import CeleriacWire

extension AMQPMessage {
    /// A mail that nobody has to receive.
    init(_ mail: AddressedMail) {
        let headers = AMQPTable(mail.mail.headers.map { ($0.name, AMQPValue(header: $0.value)) })
        self.init(
            exchange: mail.exchange, routingKey: mail.routingKey,
            properties: AMQPProperties(
                contentType: mail.mail.contentType, contentEncoding: "utf-8", headers: headers,
                deliveryMode: mail.deliveryMode, priority: 0),
            body: mail.mail.body, isMandatory: false)
    }
}

extension Mail {
    /// Takes a received mail. Keeps only the headers that are texts and numbers, as those of mails are.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` if the message did not arrive whole.
    init(_ delivery: AMQPDelivery) throws {
        if let defect = delivery.defect { throw CeleriacError(.malformedMessage, "refused a message: \(defect)") }
        let headers = delivery.properties.headers ?? [:]
        self.init(
            headers: headers.compactMap { entry in entry.value.header.map { Header(entry.name, $0) } },
            contentType: delivery.properties.contentType ?? Envelope.json, body: delivery.body)
    }
}

extension AMQPValue {
    /// The value of a mail's header, of which there are only texts and numbers.
    fileprivate init(header value: JSONValue) {
        self =
            switch value {
            case .integer(let number): .integer(number)
            case .double(let number): .double(number)
            case .string(let text): .string(text)
            case .null, .bool, .bigInteger, .illFormedString, .array, .object: .null
            }
    }

    fileprivate var header: JSONValue? {
        switch self {
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        case .string(let text): .string(text)
        case .null, .boolean, .decimal, .malformedString, .bytes, .timestamp, .array, .table: nil
        }
    }
}
