package import CeleriacCore

/// A remote control command as it arrived, and the address for its replies.
package struct ControlRequest: Sendable, Hashable {
    package var command: ControlCommand
    /// Identifies the request, so that the sender recognises its replies.
    package var ticket: String?
    /// `nil` if no reply is requested.
    package var replyExchange: String?
    package var replyKey: String?
    /// The sender's Lamport clock; `nil` if it sent none.
    package var clock: Int64?

    package init(
        command: ControlCommand, ticket: String? = nil, replyExchange: String? = nil, replyKey: String? = nil,
        clock: Int64? = nil
    ) {
        self.command = command
        self.ticket = ticket
        self.replyExchange = replyExchange
        self.replyKey = replyKey
        self.clock = clock
    }
}

/// Celery's remote control on the wire: commands to the exchange `celery.pidbox`, replies to `reply.celery.pidbox`.
/// Pure apart from the random tags.
///
/// Source: `kombu/pidbox.py`, kombu 5.7.
package enum ControlMessage {
    package static let exchange = "celery.pidbox"
    package static let replyExchange = "reply.celery.pidbox"

    /// Writes a command.
    ///
    /// - Parameters:
    ///   - ticket: if a reply is requested, together with `replyKey`.
    ///   - expires: seconds since 1970, or 0. Written as Celery does; its workers do not look at it.
    package static func request(
        _ command: ControlCommand, ticket: String?, replyKey: String?, clock: Int64, expires: Double
    ) -> AddressedMail {
        let headers: [Mail.Header] = [
            .init("clock", .integer(clock)), .init("expires", expires == 0 ? .integer(0) : .double(expires)),
        ]
        let body = body(of: command, ticket: ticket, replyKey: replyKey)
        return AddressedMail(Mail(headers: headers, body: body), exchange: exchange, routingKey: "", deliveryMode: 2)
    }

    private static func body(of command: ControlCommand, ticket: String?, replyKey: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("method", command.name)
        writer.key("arguments")
        writer.write(.object(command.arguments))
        writer.key("destination")
        writer.write(command.destination.map { .array($0.map(JSONValue.string)) } ?? .null)
        writer.field("pattern", command.pattern?.text, orNull: true)
        writer.field("matcher", command.pattern?.matcher.rawValue, orNull: true)
        writer.field("ticket", ticket)
        if let replyKey {
            writer.key("reply_to")
            writer.write(["exchange": .string(replyExchange), "routing_key": .string(replyKey)])
        }
        writer.endObject()
        return writer.bytes
    }

    /// Reads a command.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` if there is no method, `tooLarge` or `unsupported`.
    package static func decodeRequest(_ mail: Mail, limits: MessageLimits) throws -> ControlRequest {
        let body = try mail.document(limits: limits)
        guard let method = body["method"]?.stringValue else {
            throw CeleriacError(.malformedMessage, "refused a control message: it has no method")
        }
        var command = ControlCommand(method, body["arguments"]?.objectValue ?? [:])
        command.destination = body["destination"]?.arrayValue?.compactMap(\.stringValue)
        if let text = body["pattern"]?.stringValue, let matcher = body["matcher"]?.stringValue {
            command.pattern = ControlCommand.Pattern.Matcher(rawValue: matcher).map { .init(text, $0) }
        }
        return ControlRequest(
            command: command, ticket: body["ticket"]?.stringValue,
            replyExchange: body["reply_to"]?["exchange"]?.stringValue,
            replyKey: body["reply_to"]?["routing_key"]?.stringValue,
            clock: mail.header("clock")?.intValue.map(Int64.init))
    }

    /// Writes the reply of a node.
    package static func reply(
        _ value: JSONValue, node: String, ticket: String, replyKey: String, clock: Int64
    ) -> AddressedMail {
        let mail = Mail(
            headers: [.init("ticket", .string(ticket)), .init("clock", .integer(clock))],
            body: JSONValue.object([JSONKey(node): value]).bytes)
        return AddressedMail(mail, exchange: replyExchange, routingKey: replyKey, deliveryMode: 1)
    }

    /// Reads the reply of one node or of several.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, `tooLarge` or `unsupported`.
    package static func decodeReply(
        _ mail: Mail, limits: MessageLimits
    ) throws -> (ticket: String?, replies: [ControlReply]) {
        guard let members = try mail.document(limits: limits).objectValue else {
            throw CeleriacError(.malformedMessage, "refused a control reply: it is not an object with node and value")
        }
        let replies = members.sorted { $0.key < $1.key }.map { ControlReply(node: $0.key.text, value: $0.value) }
        return (mail.header("ticket")?.stringValue, replies)
    }
}
