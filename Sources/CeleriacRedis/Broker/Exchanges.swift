import CeleriacCore
import Foundation
import RESPClient
import Synchronization

/// Publications, grouped by destination.
struct RoutedPublications: Sendable {
    var messages: [PreparedMessage] = []
    var broadcasts: [RoutedBroadcast] = []
}

/// A message for the current listeners of a fanout exchange.
struct RoutedBroadcast: Sendable {
    let channel: String
    let raw: [UInt8]
}

/// The exchanges that this process knows. They route messages to queues.
///
/// Bindings are in Redis, where kombu keeps them. The type of an exchange is not stored: one that was not declared in
/// this process is a topic exchange if its bindings have patterns, otherwise a direct one.
final class Exchanges: Sendable {
    private struct State {
        var kinds: [String: Exchange.Kind] = [:]
        var fanouts: [QueueName: Set<ExchangeRoute>] = [:]
    }
    private let state = Guarded(State())

    func add(_ topology: Topology) {
        state.withLock { state in
            for exchange in topology.exchanges {
                state.kinds[exchange.name] = exchange.kind
                guard exchange.kind == .fanout else { continue }
                for binding in exchange.bindings {
                    state.fanouts[binding.queue, default: []].insert(
                        ExchangeRoute(exchange: exchange.name, routingKey: binding.key))
                }
            }
        }
    }

    /// Returns the fanout exchanges that a queue is bound to, with the keys of the bindings.
    func fanouts(of queue: QueueName) -> Set<ExchangeRoute> { state.withLock { $0.fanouts[queue] ?? [] } }

    private func kind(of exchange: String) -> Exchange.Kind? { state.withLock { $0.kinds[exchange] } }

    /// - Parameter entry: the entry of the schedule that the publications are calls of.
    /// - Throws: ``BrokerError`` with code `refused` if an exchange has no queue that fits; then nothing is published.
    func route(
        _ publications: [Publication], of entry: String? = nil, in store: RedisStore
    ) async throws -> RoutedPublications {
        var routed = RoutedPublications()
        routed.messages.reserveCapacity(publications.count)
        var tables: [String: [Member]] = [:]
        for publication in publications {
            guard let exchange = publication.envelope.exchange, !exchange.isEmpty else {
                routed.messages.append(store.prepare(publication, to: publication.queue, entry: entry))
                continue
            }
            let route = ExchangeRoute(
                exchange: exchange, routingKey: publication.envelope.routingKey ?? "")
            if kind(of: exchange) == .fanout {
                let channel = store.keys.channel(exchange, key: route.routingKey)
                let raw = store.prepare(publication, to: publication.queue, route).raw
                routed.broadcasts.append(RoutedBroadcast(channel: channel, raw: raw))
                continue
            }
            if tables[exchange] == nil { tables[exchange] = try await members(of: exchange, in: store) }
            routed.messages += try messages(publication, of: entry, route, tables[exchange] ?? [], store)
        }
        return routed
    }

    private func messages(
        _ publication: Publication, of entry: String?, _ route: ExchangeRoute, _ members: [Member],
        _ store: RedisStore
    ) throws -> [PreparedMessage] {
        let isTopic = kind(of: route.exchange).map { $0 == .topic } ?? members.contains { $0.hasPattern }
        let queues = Set(members.filter { $0.fits(route.routingKey, isTopic: isTopic) }.map(\.queue))
        guard !queues.isEmpty else {
            throw BrokerError(
                .refused,
                "no queue is bound to exchange \"\(route.exchange)\" for routing key "
                    + "\"\(route.routingKey.prefix(100))\": declare the binding, or use another route")
        }
        return queues.sorted { $0.rawValue < $1.rawValue }.enumerated().map { place, queue in
            // A unique key has one holder: the copies for further queues do without.
            var publication = publication
            if place > 0 { publication.unique = nil }
            return store.prepare(publication, to: queue, route, entry: entry)
        }
    }

    /// A member of `_kombu.binding.X`: routing key, regular expression, queue. Anybody may have written it.
    private struct Member {
        let key: String
        let hasPattern: Bool
        let queue: QueueName

        init?(_ text: String, separator: String) {
            let parts = text.components(separatedBy: separator)
            // The queue may be a reserved name, such as a mailbox.
            guard parts.count == 3, let queue = QueueName(rawValue: parts[2]) else { return nil }
            key = parts[0]
            hasPattern = !parts[1].isEmpty
            self.queue = queue
        }

        func fits(_ routingKey: String, isTopic: Bool) -> Bool {
            isTopic ? BindingPattern(key).fits(routingKey) : key == routingKey
        }
    }

    private func members(of exchange: String, in store: RedisStore) async throws -> [Member] {
        let answer = try await store.send(
            RESPCommand("SMEMBERS", store.keys.binding(exchange)), deadline: store.rest)
        return (answer.elements ?? []).compactMap(\.text).compactMap {
            Member($0, separator: store.keys.separator)
        }.filter { store.objection(to: $0.queue) == nil }
    }
}
