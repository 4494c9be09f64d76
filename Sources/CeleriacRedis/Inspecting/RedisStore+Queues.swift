#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import CeleriacWire
import RESPClient
import Synchronization
import RedisKit

extension RedisStore {
    /// Returns the queues that this library has put messages into, and those that Python's have bound to an exchange.
    /// New exchanges of Python's appear within a minute, because finding them needs a scan of all keys of the database.
    public func queues() async throws -> [QueueName] {
        var texts = try await knownQueues()
        for binding in try await bindingTables() {
            let members = try await send(RESPCommand("SMEMBERS", binding)).texts
            // A member holds routing key, pattern and queue.
            texts += members.compactMap { $0.components(separatedBy: keys.separator).last }
        }
        let names = Set(texts.compactMap(QueueName.init(rawValue:)))
        return names.filter { objection(to: $0) == nil }.sorted { $0.rawValue < $1.rawValue }
    }

    /// The queues that this library has put messages into.
    func knownQueues() async throws -> [String] {
        try await clearingWay { try await send(RESPCommand("SMEMBERS", keys.queues)) }.texts
    }

    /// The tables of exchanges that carry tasks; looked up at most once a minute.
    private func bindingTables() async throws -> Set<String> {
        let now = time.uptime
        if let known = knownBindings.withLock({ $0 }), now - known.at < .seconds(60) { return known.names }
        let names = try await scanBindings()
        knownBindings.withLock { $0 = (names, now) }
        return names
    }

    func scanBindings() async throws -> Set<String> {
        let start = keys.binding("")
        let others = [ControlMessage.exchange, ControlMessage.replyExchange, EventMessage.exchange].map(keys.binding)
        var found: Set<String> = []
        var scan = Scan("SCAN")
        repeat {
            let page = try await send(
                RESPCommand("SCAN", scan.cursor, "MATCH", start.escapedPattern + "*", "COUNT", 1_000, "TYPE", "set"))
            found.formUnion(try scan.take(page).texts)
        } while !scan.isOver
        return found.subtracting(others)
    }
}

extension Int64 {
    /// The score of a sorted set whose scores are microseconds. Anybody may have written it, so it is limited.
    init(boundedScore score: Double) { self = Date(timeIntervalSince1970: score / 1e6).microseconds }
}
