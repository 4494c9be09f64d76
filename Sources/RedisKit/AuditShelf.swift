#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
package import CeleriacCore
import RESPClient

/// The audit log in Redis, the same in both layouts.
///
/// ```
/// HASH entries    id -> entry as JSON
/// ZSET order      id -> number, in the order in which entries were first appended
/// STR  sequence   the last number
/// ```
package struct AuditShelf: Sendable {
    private let server: ServerLink
    private let entries: String
    private let order: String
    private let sequence: String

    /// - Parameter name: returns the key of this name.
    package init(_ server: ServerLink, key name: (String) -> String) {
        self.server = server
        entries = name("audit")
        order = name("audit.order")
        sequence = name("audit.sequence")
    }

    package func append(_ entry: AuditEntry, now: Date) async throws {
        let text = [UInt8](try JSONEncoder().encode(entry))
        guard let number = try await server.send(RESPCommand("INCR", sequence), isShielded: true).integer else {
            throw BrokerError.malformedAnswer(to: "INCR")
        }
        // In this order: an entry without a text is skipped by readers, a text without a place would stay forever.
        let answers = try await server.send(
            [RESPCommand("ZADD", order, "NX", number, entry.id), RESPCommand("HSET", entries, entry.id, text)],
            isShielded: true)
        try server.throwFirstError(in: answers)
        if answers.first?.integer == 1 { try await trim(now) }
    }

    /// Lists the newest first.
    package func list(after cursor: Cursor?, limit: Int) async throws -> Page<AuditEntry> {
        let last = try cursor.map { try ScoredCursor($0) }
        let limit = limit.ofPage
        guard limit > 0 else { return Page([], next: cursor) }
        let below = last.map { "(\($0.score)" } ?? "+inf"
        let found = try await server.send(
            RESPCommand("ZREVRANGEBYSCORE", order, below, "-inf", "WITHSCORES", "LIMIT", 0, limit)
        ).scored
        return Page(
            try await read(found.map(\.member)),
            next: found.count < limit ? nil : found.last.map { ScoredCursor($0).cursor })
    }

    /// This version cannot show a text that a later version wrote in another form.
    private func read(_ ids: [String]) async throws -> [AuditEntry] {
        guard !ids.isEmpty else { return [] }
        var command = RESPCommand("HMGET", entries)
        for id in ids { command.append(id) }
        return (try await server.send(command).elements ?? []).compactMap { text in
            text.bytes.flatMap { try? JSONDecoder().decode(AuditEntry.self, from: Data($0)) }
        }
    }

    /// Drops the oldest entries, if there are too many or if they are too old. Two processes that do so at once drop
    /// the same ones.
    private func trim(_ now: Date) async throws {
        let count = Int(clamping: try await server.send(RESPCommand("ZCARD", order)).integer ?? 0)
        let surplus = max(0, min(1_000, count - AuditEntry.mostKept))
        let most = min(count - 1, max(surplus, 10))
        guard most > 0 else { return }
        let oldest = try await server.send(RESPCommand("ZRANGE", order, 0, most - 1)).texts
        let limit = now.adding(.zero - AuditEntry.longestKept)
        let expired = Set(try await read(oldest).filter { $0.at < limit }.map(\.id))
        let dropped = oldest.enumerated().filter { $0.offset < surplus || expired.contains($0.element) }.map(\.element)
        guard !dropped.isEmpty else { return }
        var (places, texts) = (RESPCommand("ZREM", order), RESPCommand("HDEL", entries))
        for id in dropped {
            places.append(id)
            texts.append(id)
        }
        try server.throwFirstError(in: try await server.send([texts, places], isShielded: true))
    }
}
