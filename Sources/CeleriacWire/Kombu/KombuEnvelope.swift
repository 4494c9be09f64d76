#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore

/// Task messages as one JSON text each, the elements of kombu's lists in Redis. Pure.
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
    /// The text begins as shown above, without blanks, so that a script can compare its beginning without reading JSON.
    ///
    /// - Parameters:
    ///   - deliveryTag: unique for each publication.
    ///   - priority: as on the wire, 0 served first.
    ///   - now: for the property `expiration`, the milliseconds that a call with `expires` has left; `nil` = without it.
    ///     Nobody reads it on Redis.
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
        // Kombu's producers always name somebody to reply to. Who asks for no reply gets the tag, which nobody listens on.
        writer.field("reply_to", properties.replyTo ?? deliveryTag)
        writer.field("delivery_mode", 2)
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

    /// The delivery tag of what may be no message otherwise; `nil` where it has none.
    package static func deliveryTag(of raw: [UInt8]) -> String? {
        KombuFragments(raw).tag
    }

    /// The id of a call whose message cannot be read otherwise: that of its headers, else of its properties
    /// (`correlation_id`), else of a body of protocol 1. A message that breaks off is read up to there.
    ///
    /// - Returns: `nil` where there is none, or one of more than 255 bytes.
    package static func taskID(of raw: [UInt8]) -> TaskID? {
        let fragments = KombuFragments(raw)
        return [fragments.id, fragments.correlationID, fragments.idInBody]
            .compactMap { $0 }.first { (1...255).contains($0.utf8.count) }.map { TaskID($0) }
    }
}
