#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AMQPClient
import CeleriacCore
import CeleriacWire

/// Task messages as Celery sends them over AMQP: what kombu's envelope holds on Redis are properties here, and the body
/// is the serialised body itself. Pure.
///
/// Source: `celery/app/amqp.py` (`as_task_v2`), `kombu/transport/pyamqp.py`, `amqp/serialization.py`; kombu 5.7.
enum TaskMessage {
    /// The properties with which a call is published; its body is the envelope's.
    ///
    /// - Parameter now: for the property `expiration`, see ``expiration(at:now:)``.
    /// - Throws: ``CeleriacError`` with code `tooLarge` for headers of more than 512 nested levels.
    static func properties(
        of envelope: Envelope, marks: DeliveryMarks = DeliveryMarks(), now: Date
    ) throws -> AMQPProperties {
        let properties = envelope.properties
        return AMQPProperties(
            contentType: properties.contentType, contentEncoding: properties.contentEncoding,
            headers: try headers(of: envelope, marks), deliveryMode: properties.isPersistent ? 2 : 1,
            priority: UInt8(properties.priority?.rawValue ?? 0),
            correlationID: properties.correlationID ?? envelope.id.rawValue, replyTo: properties.replyTo,
            expiration: envelope.expires.flatMap { expiration(at: $0, now: now) })
    }

    /// The property `expiration`: the milliseconds from now until a date, at least 0.
    ///
    /// The server closes the channel of a message whose expiration is negative or larger than 32 bits, and with it ends
    /// all calls on that channel.
    ///
    /// - Returns: `nil` for a date in more than 49 days. The worker obeys the header `expires` in any case.
    static func expiration(at date: Date, now: Date) -> String? {
        let milliseconds = Int(max(0, Double(bounding: date.timeIntervalSince(now)) * 1000))
        return milliseconds <= UInt32.max ? String(milliseconds) : nil
    }

    private static func headers(of envelope: Envelope, _ marks: DeliveryMarks) throws -> AMQPTable {
        if marks == DeliveryMarks(), let plain = PlainHeaders.table(of: envelope) { return plain }
        return try generalHeaders(of: envelope, marks)
    }

    /// Any headers, by way of JSON text.
    static func generalHeaders(of envelope: Envelope, _ marks: DeliveryMarks = DeliveryMarks()) throws -> AMQPTable {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(1024)
        envelope.headers.write(into: &writer, verbose: true) { writer in
            guard !envelope.headers.hasOwnRepresentations else { return }
            writer.representations(of: envelope)
        }
        do throws(JSONError) {
            var reader = try JSONReader(writer.bytes, limits: .checkedBefore)
            var table = try AMQPTable(headersFrom: &reader)
            marks.write(into: &table)
            return table
        } catch {
            throw CeleriacError(.tooLarge, "the headers of a call of \(envelope.task) cannot be sent: \(error)")
        }
    }
}
