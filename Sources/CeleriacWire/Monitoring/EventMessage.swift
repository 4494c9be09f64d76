#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
package import CeleriacCore

/// Celery's monitoring events on the wire: messages to the exchange `celeryev`. Pure apart from the random tags.
///
/// An event is an object of `type`, `hostname`, `pid`, `clock`, `timestamp`, `utcoffset` and its own fields. Task
/// events are sent together in one list, all other events one by one. Source: `celery/events/dispatcher.py`, celery
/// 5.7.
package enum EventMessage {
    package static let exchange = "celeryev"

    /// Writes events in their order. Consecutive task events of one node become one message. Worker events and
    /// `task-sent` become one message each.
    ///
    /// - Returns: mails whose routing key is the event's type with dots, or `task.multi`.
    package static func encode(_ events: [MonitorEvent]) -> [AddressedMail] {
        var messages: [AddressedMail] = []
        var batch: [MonitorEvent] = []
        for event in events {
            let goesAlone = !event.kind.isOfTask || event.kind == .taskSent
            if let node = batch.first?.node, goesAlone || node != event.node {
                messages.append(multi(batch))
                batch = []
            }
            if goesAlone { messages.append(single(event)) } else { batch.append(event) }
        }
        if !batch.isEmpty { messages.append(multi(batch)) }
        return messages
    }

    /// Reads the events of a message, which is a list or a single event.
    ///
    /// Skips events without a type or a node, and elements that are not events.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, `tooLarge` or `unsupported`.
    package static func decode(_ mail: Mail, limits: MessageLimits) throws -> [MonitorEvent] {
        let body = try mail.document(limits: limits)
        return (body.arrayValue ?? [body]).compactMap(MonitorEvent.init)
    }

    // MARK: Detail

    private static func multi(_ events: [MonitorEvent]) -> AddressedMail {
        message(to: "task.multi", from: events[0].node) { writer in
            writer.beginArray()
            for event in events { event.write(into: &writer) }
            writer.endArray()
        }
    }

    private static func single(_ event: MonitorEvent) -> AddressedMail {
        let key = String(event.kind.rawValue.map { $0 == "-" ? "." : $0 })
        return message(to: key, from: event.node) { event.write(into: &$0) }
    }

    private static func message(
        to routingKey: String, from node: String, body: (inout JSONWriter) -> Void
    ) -> AddressedMail {
        var writer = JSONWriter()
        body(&writer)
        let mail = Mail(headers: [.init("hostname", .string(node))], body: writer.bytes)
        return AddressedMail(mail, exchange: exchange, routingKey: routingKey, deliveryMode: 1)
    }
}

extension MonitorEvent {
    fileprivate static let ownKeys: Set<JSONKey> = ["type", "hostname", "pid", "clock", "timestamp", "utcoffset"]

    fileprivate func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("hostname", node)
        writer.key("utcoffset")
        writer.double(utcOffset)
        writer.field("pid", pid)
        writer.key("clock")
        writer.int(clock)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where !Self.ownKeys.contains(name) {
            writer.key(name)
            writer.write(value)
        }
        writer.key("timestamp")
        writer.double(at.timeIntervalSince1970)
        writer.field("type", kind.rawValue)
        writer.endObject()
    }

    fileprivate init?(_ value: JSONValue) {
        guard let members = value.objectValue, let type = members["type"]?.stringValue,
            let node = members["hostname"]?.stringValue
        else { return nil }
        let seconds = members["timestamp"]?.doubleValue ?? 0
        self.init(
            Kind(rawValue: type), from: node, pid: members["pid"]?.intValue ?? 0,
            clock: members["clock"]?.intValue.map(Int64.init) ?? 0,
            at: Date(timeIntervalSince1970: seconds.isFinite ? seconds : 0).bounded,
            utcOffset: Double(bounding: members["utcoffset"]?.doubleValue ?? 0),
            fields: members.filter { !Self.ownKeys.contains($0.key) }
        )
    }
}
