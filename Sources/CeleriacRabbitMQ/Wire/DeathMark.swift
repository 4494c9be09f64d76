#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AMQPClient
import CeleriacCore

/// Why, where and when a message died: headers of the messages in a queue of dead letters.
///
/// A message that the server itself moved there has no such headers. The mark is then read from the server's `x-death`,
/// whose reasons are `rejected`, `expired`, `maxlen` and `delivery_limit`.
struct DeathMark: Sendable, Hashable {
    let reason: String
    /// `nil` if the message does not say so.
    let queue: String?
    /// `nil` if the message does not say so.
    let diedAt: Date?

    /// The most bytes of a reason, because all headers of a message must fit into one frame.
    static let longestReason = 4096
    private static let unknownReason = "unknown: the message has no header that tells why it died"

    /// - Parameter reason: cut after 4096 bytes, between two characters.
    init(reason: String, queue: String, diedAt: Date) {
        self.reason = Self.cut(reason)
        self.queue = queue
        self.diedAt = diedAt.bounded
    }

    /// Reads the mark of a dead letter. A header of another type counts as missing.
    init(of headers: AMQPTable?) {
        let death = headers?[ReservedHeaders.deaths]?.array?.first?.table
        let serverReason = death?["reason"]?.string ?? headers?[ReservedHeaders.firstDeathReason]?.string
        reason = Self.cut(headers?[Name.reason]?.string ?? serverReason ?? Self.unknownReason)
        queue =
            headers?[Name.queue]?.string ?? death?["queue"]?.string
            ?? headers?[ReservedHeaders.firstDeathQueue]?.string
        diedAt = headers?[Name.diedAt]?.string.flatMap { ISODate.parse($0) } ?? Self.date(of: death?["time"])
    }

    func write(into headers: inout AMQPTable) {
        headers[Name.reason] = .string(reason)
        if let queue { headers[Name.queue] = .string(queue) }
        if let diedAt { headers[Name.diedAt] = .string(ISODate.text(diedAt)) }
    }

    private enum Name {
        static let reason = "x-celeriac-reason"
        static let queue = "x-celeriac-queue"
        static let diedAt = "x-celeriac-died-at"
    }

    private static func date(of value: AMQPValue?) -> Date? {
        guard case .timestamp(let seconds) = value else { return nil }
        return Date(timeIntervalSince1970: Double(bounding: Double(seconds)))
    }

    private static func cut(_ text: String) -> String { text.cut(toBytes: longestReason) }
}

extension String {
    /// The beginning of the text with at most so many bytes, cut between two characters.
    func cut(toBytes most: Int) -> String {
        guard utf8.count > most else { return self }
        var bytes = 0
        return String(
            prefix { character in
                bytes += character.utf8.count
                return bytes <= most
            })
    }
}
