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
        // Messages with lapsed leases are no longer held; this gives them back.
        let names = if let queue { [queue] } else { try await queues() }
        for name in names { _ = try await run(Scripts.look, [name.rawValue, 0, 0]) }
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

    private func inOrderOfClaims(_ entries: [HeldEntry]) async throws -> [QueuedMessage] {
        guard !entries.isEmpty else { return [] }
        var claims = RESPCommand("ZMSCORE", keys.unackedIndex)
        var lapses = RESPCommand("HMGET", keys.own("deliveries"))
        for entry in entries {
            claims.append(entry.tag)
            lapses.append(entry.tag)
        }
        let answers = try await send([claims, lapses])
        try server.throwFirstError(in: answers)
        guard answers.count == 2 else { throw BrokerError.malformedAnswer(to: "ZMSCORE") }
        let times = try answers[0].elements(atLeast: entries.count, of: "ZMSCORE")
        let counts = try answers[1].elements(atLeast: entries.count, of: "HMGET")
        let now = time.now
        return zip(entries, zip(times, counts))
            .sorted { ($0.1.0.double ?? 0, $0.0.tag) < ($1.1.0.double ?? 0, $1.0.tag) }
            .map { entry, found in
                var message = LyingMessage(raw: entry.raw, in: entry.queue, .leased, now: now).message
                message.deliveryCount = found.1.lapses + 1
                return message
            }
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
