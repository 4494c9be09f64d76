#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore
import CeleriacWire
import RedisKit
import StoreKit

/// A message as it is stored in Redis, decoded for people: if it cannot be read, the readable parts are shown.
struct LyingMessage: Sendable {
    let raw: [UInt8]
    let tag: String
    /// The member of the sorted set, for a delayed message.
    var delayedMember: [UInt8]?
    var message: QueuedMessage

    /// - Parameter now: the time of publication for messages that do not contain it, such as Python's.
    init(raw: [UInt8], in queue: QueueName, _ status: MessagePlace.Status = .ready, now: Date) {
        self.raw = raw
        let decoded = try? KombuEnvelope.decode(raw, limits: RedisStore.limits)
        tag = decoded?.deliveryTag ?? KombuEnvelope.deliveryTag(of: raw) ?? ""
        let published = DeliveryTag(tag).map { Date(microseconds: $0.published) }
        message = QueuedMessage(
            envelope: decoded?.envelope ?? .unreadable(tag.isEmpty ? "unreadable" : TaskID(tag), raw), queue: queue,
            status: status, notBefore: nil, enqueuedAt: published ?? now, deliveryCount: 0)
    }

    /// - Parameter member: `<number>:<priority>:<message>`, see ``RedisKeys``. The result is `nil` for any other form.
    init?(delayed member: [UInt8], due: Int64, in queue: QueueName, now: Date) {
        let colon = UInt8(ascii: ":")
        guard let first = member.firstIndex(of: colon), let second = member[(first + 1)...].firstIndex(of: colon)
        else { return nil }
        self.init(raw: Array(member[(second + 1)...]), in: queue, .delayed, now: now)
        delayedMember = member
        message.notBefore = Date(microseconds: due)
    }
}
