#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore

/// Task messages as one JSON text each: the elements of kombu's lists in Redis. Pure.
///
/// ```
/// {"properties":{"delivery_tag":"…","correlation_id":"…","delivery_info":{"exchange":"","routing_key":"celery"},
///  "priority":0,…},"content-type":"application/json","content-encoding":"utf-8","headers":{…},"body":"W1sy…"}
/// ```
///
/// Source: `kombu/transport/virtual/base.py` (`prepare_message`, `Message`), kombu 5.7.
package enum KombuEnvelope {
    /// Writes a message.
    ///
    /// The text begins as shown above, without blanks, so that a script can compare its beginning without parsing JSON.
    ///
    /// - Parameters:
    ///   - deliveryTag: unique for each publication.
    ///   - priority: as on the wire; 0 is served first.
    ///   - now: for the property `expiration`, the milliseconds until a call with `expires` expires; `nil` leaves the
    ///     property out. On Redis nothing reads it.
    package static func encode(
        _ envelope: Envelope, deliveryTag: String, exchange: String, routingKey: String, priority: Int,
        now: Date? = nil
    ) -> [UInt8] {
        if now == nil || envelope.expires == nil,
            let text = encodePlain(
                envelope, deliveryTag: deliveryTag, exchange: exchange, routingKey: routingKey, priority: priority)
        {
            return text
        }
        return encodeAny(
            envelope, deliveryTag: deliveryTag, exchange: exchange, routingKey: routingKey, priority: priority, now: now
        )
    }

    /// Writes a message of any shape, as JSON.
    package static func encodeAny(
        _ envelope: Envelope, deliveryTag: String, exchange: String, routingKey: String, priority: Int, now: Date?
    ) -> [UInt8] {
        let properties = envelope.properties
        var writer = JSONWriter(reserving: 1024 + Base64.length(of: envelope.body.count))
        writer.beginObject()
        writer.key("properties")
        writer.beginObject()
        writer.field("delivery_tag", deliveryTag)
        writer.field("correlation_id", properties.correlationID ?? envelope.id.rawValue)
        writer.deliveryInfo(exchange: exchange, routingKey: routingKey)
        writer.field("priority", priority)
        // Kombu's producers always name a reply queue. A caller that asks for no reply gets the tag, on which nobody
        // listens.
        writer.field("reply_to", properties.replyTo ?? deliveryTag)
        writer.field("delivery_mode", properties.isPersistent ? 2 : 1)
        writer.field("body_encoding", "base64")
        if let now, let expires = envelope.expires {
            writer.field("expiration", String(Int(max(0, min(1e15, expires.timeIntervalSince(now) * 1000)))))
        }
        writer.endObject()
        writer.field("content-type", properties.contentType)
        writer.field("content-encoding", properties.contentEncoding)
        writer.key("headers")
        envelope.headers.write(into: &writer, verbose: true) { writer in
            guard !envelope.headers.hasOwnRepresentations else { return }
            writer.representations(of: envelope)
        }
        writer.base64Field("body", envelope.body)
        writer.endObject()
        return writer.bytes
    }

    /// The delivery tag of a text that may be unreadable otherwise; `nil` if it has no tag.
    package static func deliveryTag(of raw: [UInt8]) -> String? {
        KombuFragments(raw).tag
    }

    /// The id of a call whose message is otherwise unreadable: the id in its headers, else in its properties
    /// (`correlation_id`), else in a body of protocol 1. A truncated message is read up to its end.
    ///
    /// - Returns: `nil` if there is no id, or an id of more than 255 bytes.
    package static func taskID(of raw: [UInt8]) -> TaskID? {
        let fragments = KombuFragments(raw)
        return [fragments.id, fragments.correlationID, fragments.idInBody]
            .compactMap { $0 }.first { (1...255).contains($0.utf8.count) }.map { TaskID($0) }
    }
}
