#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore
import RESPClient
import Synchronization
import RedisKit

/// The delivery tag of our own messages. It is unique and opaque to Python, and it holds the data for which kombu's
/// layout has no place.
///
/// ```
/// 9f0c…(24 digits)~63a1c0e5d2f40                       published then
/// 9f0c…~63a1c0e5d2f40-63a1c0e6c7680                    the same, and due then
/// 9f0c…~63a1c0e5d2f40~d<40 digits>.<16 digits>         holds a unique key until done (s: until its start)
/// 9f0c…~63a1c0e5d2f40~b<42 digits>.<16 digits>         is the last call of an entry of the schedule
/// 9f0c…~63a1c0e5d2f40~e                                its header eta counts: it may lie in a list before its time
/// 9f0c…~63a1c0e5d2f40~e~f                              and once that has come it is to be at the front
/// ```
///
/// Instants are microseconds since 1970 in hexadecimal. If two deliveries would have the same tag, a script adds
/// `+<number>`.
struct DeliveryTag: Sendable, Hashable {
    var serial: String
    var published: Int64
    /// When the message is due; `nil` if it is due when published.
    var due: Int64?
    var unique: UniqueHold?
    var entry: EntryHold?
    var isEtaInForce = false
    /// The script SETTLE reads it.
    var isAtFrontOnceDue = false

    /// The key by which the beat knows that the last call of an entry is not over. It stays the same through retries.
    struct EntryHold: Sendable, Hashable {
        /// The digest of the entry's name, see ``digest(of:)``.
        var digest: String
        var nonce: String

        /// Returns the SHA-1 of the entry's name, and two digits that distinguish it from unique keys.
        static func digest(of entry: String) -> String { SHA1.digest(of: entry) + "be" }
    }

    /// The unique key that a message holds.
    struct UniqueHold: Sendable, Hashable {
        var span: Uniqueness.Span
        /// SHA-1 of the key, in hexadecimal.
        var digest: String
        /// Identifies the holder; stays the same through retries.
        var nonce: String
    }

    var text: String {
        var text = ""
        // Long enough for a tag without a unique key, so that there is one allocation.
        text.reserveCapacity(64)
        text += serial
        text += "~"
        text += Hexadecimal.digits(published)
        if let due { text += "-" + String(due, radix: 16) }
        if let unique {
            text += unique.span == .untilStart ? "~s" : "~d"
            text += unique.digest + "." + unique.nonce
        }
        if let entry { text += "~b" + entry.digest + "." + entry.nonce }
        if isEtaInForce { text += "~e" }
        return isAtFrontOnceDue ? text + "~f" : text
    }

    /// When the message becomes ready to be served, in microseconds since 1970.
    var servedFrom: Int64 { due ?? published }
}

extension DeliveryTag {
    /// - Returns: `nil` for a tag that this library did not write.
    init?(_ text: String) {
        let parts = text.prefix { $0 != "+" }.split(separator: "~", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].utf8.count == 24 else { return nil }
        let instants = parts[1].split(separator: "-")
        guard let published = instants.first.flatMap({ Int64($0, radix: 16) }) else { return nil }
        self.init(serial: String(parts[0]), published: published)
        due = instants.count > 1 ? Int64(instants[1], radix: 16) : nil
        for part in parts.dropFirst(2) {
            switch part {
            case "e": isEtaInForce = true
            case "f": isAtFrontOnceDue = true
            case let part where part.first == "b": entry = EntryHold(part)
            default: unique = UniqueHold(part)
            }
        }
    }
}

extension DeliveryTag {
    /// Whether the tag is of a message that holds a key. Fast, because each settlement calls it.
    static func holdsKey(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: ".")) }
}

extension DeliveryTag.EntryHold {
    fileprivate init?(_ text: Substring) {
        let parts = text.dropFirst().split(separator: ".")
        guard parts.count == 2 else { return nil }
        self.init(digest: String(parts[0]), nonce: String(parts[1]))
    }
}

extension DeliveryTag.UniqueHold {
    fileprivate init?(_ text: Substring) {
        let span: Uniqueness.Span
        switch text.first {
        case "s": span = .untilStart
        case "d": span = .untilDone
        default: return nil
        }
        let parts = text.dropFirst().split(separator: ".")
        guard parts.count == 2 else { return nil }
        self.init(span: span, digest: String(parts[0]), nonce: String(parts[1]))
    }
}

/// Makes tags that no other process makes.
final class TagSource: Sendable {
    private let prefix = Hexadecimal.text(UInt64.random(in: 0 ... .max))
    private let count = Guarded(UInt32.random(in: 0...0xFFFF))

    /// The number wraps around after four billion; by then the instants distinguish the tags.
    func next(publishedAt now: Date) -> DeliveryTag {
        let number = count.withLock { count in
            count &+= 1
            return count
        }
        return DeliveryTag(serial: prefix + Hexadecimal.text(number), published: now.microseconds)
    }

    func nonce() -> String { Hexadecimal.text(UInt64.random(in: 0 ... .max)) }
}
