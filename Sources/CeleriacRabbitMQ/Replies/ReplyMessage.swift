import AMQPClient
import CeleriacCore
import CeleriacWire

/// A state of a call as Celery's `rpc://` sends it: the result document, published into the queue that the call's
/// message names. Pure.
///
/// Source: `celery/backends/rpc.py`, celery 5.7.
enum ReplyMessage {
    /// - Parameter isPersistent: "result_persistent".
    static func message(
        _ result: WrittenResult, to address: ReplyAddress, isPersistent: Bool
    ) -> AMQPMessage {
        AMQPMessage(
            routingKey: address.queue,
            properties: AMQPProperties(
                contentType: result.format.contentType, contentEncoding: result.format.contentEncoding, headers: [:],
                deliveryMode: isPersistent ? 2 : 1, priority: 0, correlationID: address.correlationID),
            body: result.bytes)
    }

    /// Reads a received message. As in Celery, its correlation id says which call it is of; the id in the document is
    /// ignored.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, `tooLarge` or `unsupported`.
    static func record(of delivery: AMQPDelivery, limits: MessageLimits, _ formats: ResultFormats) throws -> TaskRecord
    {
        if let defect = delivery.defect { throw CeleriacError(.malformedMessage, "refused a reply: \(defect)") }
        return try record(of: delivery.properties, body: delivery.body, limits: limits, formats)
    }

    static func record(
        of properties: AMQPProperties, body: [UInt8], limits: MessageLimits, _ formats: ResultFormats
    ) throws -> TaskRecord {
        guard let id = properties.correlationID, !id.isEmpty else {
            throw CeleriacError(.malformedMessage, "refused a reply without a correlation id")
        }
        return try ResultDocument.decode(body, id: TaskID(id), limits: limits, formats: formats)
    }
}
