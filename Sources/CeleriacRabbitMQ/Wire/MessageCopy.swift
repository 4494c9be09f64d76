#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AMQPClient
import CeleriacCore

/// A received message that is published again as it is: for a release until a later time, for the renewal of a
/// delivery, and as a dead letter. It is not decoded, so that an undecodable message can be copied too.
///
/// Body and properties stay, except:
/// - ``ReservedHeaders``, which concern one copy; in their place stand the given marks.
/// - `expiration`: it is counted again from the header `expires`. It is left out if that header is missing or unreadable,
///   and if the call has expired: the server would drop such a message, and no worker would record it as revoked.
/// - `user-id`: the server refuses a message with another user's name.
struct MessageCopy: Sendable, Hashable {
    private var properties: AMQPProperties
    private let body: [UInt8]

    /// - Parameters:
    ///   - marks: the marks of the copy; by default none, as for a message that was never delivered.
    ///   - now: for the property `expiration`.
    init(of properties: AMQPProperties, body: [UInt8], marks: DeliveryMarks = DeliveryMarks(), now: Date) {
        self.properties = properties
        self.body = body
        var headers = AMQPTable(entries: properties.headers?.filter { !ReservedHeaders.contains($0.name) } ?? [])
        self.properties.expiration = Self.expiration(under: headers, now: now)
        self.properties.userID = nil
        marks.write(into: &headers)
        self.properties.headers = headers
    }

    /// The copy for a queue.
    func message(to queue: String) -> AMQPMessage {
        AMQPMessage(routingKey: queue, properties: properties, body: body)
    }

    /// The copy for a queue, to be delivered after a delay; see ``DelayLevels/message(_:body:to:after:)``.
    func message(to queue: String, after delay: Duration) -> AMQPMessage {
        DelayLevels.message(properties, body: body, to: queue, after: delay)
    }

    /// The copy as a dead letter. It never expires, and is kept on disk.
    func letter(_ mark: DeathMark, to deadQueue: String) -> AMQPMessage {
        var properties = properties
        var headers = properties.headers ?? [:]
        mark.write(into: &headers)
        properties.headers = headers
        properties.expiration = nil
        properties.deliveryMode = 2
        return AMQPMessage(routingKey: deadQueue, properties: properties, body: body)
    }

    private static func expiration(under headers: AMQPTable, now: Date) -> String? {
        guard let text = headers["expires"]?.string, let date = ISODate.parse(text), date > now else { return nil }
        return TaskMessage.expiration(at: date, now: now)
    }
}
