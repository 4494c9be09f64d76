#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import CeleriacWire
import RESPClient

extension RedisStore {
    /// Those that this library has put messages into, and those that Python's have bound to an exchange.
    ///
    /// - Complexity: grows with the number of keys in the database: they are gone through to find exchanges.
    public func queues() async throws -> [QueueName] {
        var names = Set(try await knownQueues())
        for binding in try await bindings() {
            let members = try await send(RESPCommand("SMEMBERS", binding)).texts
            // Routing key, pattern, queue.
            names.formUnion(members.compactMap { $0.components(separatedBy: keys.separator).last })
        }
        return names.compactMap(QueueName.init(rawValue:)).sorted { $0.rawValue < $1.rawValue }
    }

    /// The queues that this library has put messages into.
    func knownQueues() async throws -> [String] {
        try await clearingWay { try await send(RESPCommand("SMEMBERS", keys.queues)) }.texts
    }

    /// The tables of exchanges that carry tasks.
    private func bindings() async throws -> Set<String> {
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

extension RESPValue {
    /// The texts of an array or set.
    var texts: [String] { (elements ?? []).compactMap(\.text) }

    /// A number, also one that is sent as text.
    var number: Double? {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        default: text.flatMap(Double.init)
        }
    }
}
