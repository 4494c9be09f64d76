#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore {
    /// Returns the messages that our workers or Python's hold, the earliest claimed first.
    ///
    /// A message that Python holds is assigned to a queue only if it was sent straight to that queue.
    ///
    /// - Parameter queue: `nil` for all queues.
    func held(in queue: QueueName?) async throws -> [QueuedMessage] {
        try await claimed(in: queue).map(\.message)
    }

    /// Returns the same messages, each with its position among all of them.
    func claimed(in queue: QueueName?) async throws -> [(message: QueuedMessage, key: ClaimKey)] {
        // Messages with lapsed leases are no longer held; this gives them back.
        let names = if let queue { [queue] } else { try await queues() }
        for name in names { _ = try await run(Scripts.look, [name.rawValue, 0, ""] + ReadyEnd.start.words) }
        var entries: [HeldEntry] = []
        var scan = Scan("HSCAN")
        repeat {
            let page = try await send(RESPCommand("HSCAN", keys.unacked, scan.cursor, "COUNT", 200))
            let found = try scan.take(page).elements(atLeast: 0, of: "HSCAN")
            entries += found.pairs.compactMap { HeldEntry(tag: $0.text, entry: $1.bytes) }
                .filter { queue == nil || $0.queue == queue }
        } while !scan.isOver
        // A scan may return an entry twice.
        let byTag = Dictionary(entries.map { ($0.tag, $0) }, uniquingKeysWith: { $1 })
        return try await inOrderOfClaims(Array(byTag.values))
    }

    private func inOrderOfClaims(
        _ entries: [HeldEntry]
    ) async throws -> [(message: QueuedMessage, key: ClaimKey)] {
        guard !entries.isEmpty else { return [] }
        var claims = RESPCommand("ZMSCORE", keys.unackedIndex)
        var renewals = RESPCommand("HMGET", keys.own("renewed"))
        var lapses = RESPCommand("HMGET", keys.own("deliveries"))
        for entry in entries {
            claims.append(entry.tag)
            renewals.append(entry.tag)
            lapses.append(entry.tag)
        }
        let answers = try await send([claims, renewals, lapses])
        try server.throwFirstError(in: answers)
        guard answers.count == 3 else { throw BrokerError.malformedAnswer(to: "ZMSCORE") }
        let times = try answers[0].elements(atLeast: entries.count, of: "ZMSCORE")
        let renewed = try answers[1].elements(atLeast: entries.count, of: "HMGET")
        let counts = try answers[2].elements(atLeast: entries.count, of: "HMGET")
        let now = time.now
        return entries.indices.map { place in
            let entry = entries[place]
            var message = LyingMessage(raw: entry.raw, in: entry.queue, .leased, now: now).message
            message.deliveryCount = counts[place].lapses + 1
            let claim = renewed[place].claim(renewedAt: times[place].double) ?? times[place].double ?? 0
            return (message, ClaimKey(claim: claim, tag: entry.tag))
        }
        .sorted { $0.key < $1.key }
    }
}

extension RESPValue {
    /// The score of the claim in an entry of `celeriac.renewed`; `nil` if the entry belongs to another claim than the
    /// one with this score.
    fileprivate func claim(renewedAt score: Double?) -> Double? {
        guard let scores = text?.split(separator: " ").map({ Double($0) }), scores.count == 2, let score,
            scores[1] == score, let claim = scores[0], !claim.isNaN
        else { return nil }
        return claim
    }
}

/// An entry of kombu's hash `unacked`: `[message, exchange, routing key]`.
private struct HeldEntry: Sendable {
    let tag: String
    let raw: [UInt8]
    let queue: QueueName

    init?(tag: String?, entry: [UInt8]?) {
        let limits = JSONLimits(depth: JSONLimits.hardDepth, keys: .max, stringBytes: .max, documentBytes: .max)
        guard let tag, let entry, var reader = try? JSONReader(entry, limits: limits),
            (try? reader.beginArray()) != nil,
            (try? reader.nextElement()) == true, let message = try? reader.skip(),
            (try? reader.nextElement()) == true, (try? reader.skip()) != nil,
            (try? reader.nextElement()) == true, let key = try? reader.string(), let queue = QueueName(rawValue: key)
        else { return nil }
        self.tag = tag
        raw = Array(entry[message])
        self.queue = queue
    }
}

extension [RESPValue] {
    /// Pairs of alternating keys and values.
    fileprivate var pairs: [(RESPValue, RESPValue)] {
        Swift.stride(from: 0, to: count - 1, by: 2).map { (self[$0], self[$0 + 1]) }
    }
}
