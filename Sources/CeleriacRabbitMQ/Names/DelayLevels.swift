import AMQPClient
import CeleriacCore

/// Celery's native delayed delivery: 28 queues without consumers, in which messages wait for 2^27 … 2, 1 seconds.
///
/// The routing key of a delayed message is the delay in seconds, 28 binary digits, and then the target:
/// `0.0.….1.0.1.mail` is 5 seconds. The exchange of each level looks at one digit: for a 1 the message waits in the
/// level's queue, which hands it on to the next exchange when its time is over; for a 0 it goes there at once. After the
/// last level the message arrives at the exchange `celery_delayed_delivery`, to which the targets are bound.
///
/// Source: `kombu/transport/native_delayed_delivery.py`, kombu 5.7.
enum DelayLevels {
    /// The level of the longest delay, at which every message enters.
    static let highest = 27
    static let firstExchange = name(of: highest)
    static let endExchange = "celery_delayed_delivery"
    /// The longest delay, in seconds: eight years and a half. A message with a later time arrives then, and must be
    /// delayed again.
    static let longest = 1 << (highest + 1) - 1

    /// The name of a level's exchange and of its queue.
    static func name(of level: Int) -> String { "celery_delayed_\(level)" }

    /// The message that reaches a queue after a delay, or at once if the delay is not positive.
    ///
    /// A delayed message has no `expiration`: a short one would end a level early, and so the whole delay. The server
    /// removes it at the first level in any case. The worker looks at the header `expires`.
    ///
    /// - Parameter queue: see ``canTarget(_:)``.
    static func message(
        _ properties: AMQPProperties, body: [UInt8], to queue: String, after delay: Duration
    ) -> AMQPMessage {
        guard delay > .zero else { return AMQPMessage(routingKey: queue, properties: properties, body: body) }
        var properties = properties
        properties.expiration = nil
        return AMQPMessage(
            exchange: firstExchange, routingKey: routingKey(of: queue, after: delay), properties: properties, body: body
        )
    }

    /// - Parameter delay: rounded up to whole seconds, and clamped to 0...``longest``.
    static func routingKey(of target: String, after delay: Duration) -> String {
        let seconds = wholeSeconds(delay)
        var key = ""
        key.reserveCapacity(2 * (highest + 1) + target.utf8.count)
        for level in (0...highest).reversed() { key += seconds >> level & 1 == 1 ? "1." : "0." }
        return key + target
    }

    /// Delays are rounded up, so that no message arrives too early.
    private static func wholeSeconds(_ delay: Duration) -> Int {
        let (seconds, fraction) = delay.components
        guard seconds < Int64(longest) else { return longest }
        return max(0, Int(seconds) + (fraction > 0 ? 1 : 0))
    }

    /// The target in the routing key of a message that arrived through the levels; `nil` if the key has no delay.
    static func target(of routingKey: String) -> String? {
        let digits = routingKey.utf8.prefix(prefixBytes)
        guard digits.count == prefixBytes else { return nil }
        for (place, byte) in digits.enumerated() {
            switch byte {
            case UInt8(ascii: "0"), UInt8(ascii: "1"): if place % 2 == 1 { return nil }
            case UInt8(ascii: "."): if place % 2 == 0 { return nil }
            default: return nil
            }
        }
        return String(routingKey.utf8.dropFirst(prefixBytes))
    }

    /// The length of the digits and their dots.
    static let prefixBytes = 2 * (highest + 1)
}
