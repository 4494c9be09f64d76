import AMQPClient
public import CeleriacCore
import CeleriacWire
import Synchronization

/// The fanout exchanges that this process has declared, by the queues that are bound to them.
final class Exchanges: Sendable {
    private let fanouts = Guarded<[QueueName: [(exchange: String, key: String)]]>([:])

    func add(_ topology: Topology) {
        fanouts.withLock { fanouts in
            for exchange in topology.exchanges where exchange.kind == .fanout {
                for binding in exchange.bindings {
                    fanouts[binding.queue, default: []].removeAll { $0.exchange == exchange.name }
                    fanouts[binding.queue, default: []].append((exchange.name, binding.key))
                }
            }
        }
    }

    /// Whether the name stands for a queue of each worker's own, as Celery's `Broadcast` has it.
    func isBroadcast(_ queue: QueueName) -> Bool { fanouts.withLock { $0[queue] != nil } }

    /// - Returns: for a broadcast, a new queue that only this connection has and that gets a copy of each message from
    ///   now on; `nil` for a queue of tasks.
    /// - Throws: `AMQPError`.
    func ownQueue(for queue: QueueName, on channel: AMQPChannel) async throws -> String? {
        guard let bindings = fanouts.withLock({ $0[queue] }) else { return nil }
        // Kombu names the queue of a `Broadcast` in the same way.
        let name = "bcast.\(TaskID.random().rawValue)"
        // It ends with the connection. With auto-delete it would also end while its consumer is cancelled to be resized.
        try await channel.declareQueue(name, isDurable: false, isExclusive: true, arguments: ["x-expires": 3_600_000])
        for binding in bindings {
            try await channel.declareExchange(binding.exchange, .fanout)
            try await channel.bindQueue(name, to: binding.exchange, routingKey: binding.key)
        }
        return name
    }
}

extension RabbitMQStore: ExchangeBroker {
    /// Declares exchanges, and their queues where these do not exist. An exchange that exists with another type is
    /// refused.
    public func declare(_ topology: Topology) async throws {
        try check(topology.exchanges.flatMap(\.bindings).map(\.queue))
        try topology.checkMatches()
        do {
            for exchange in topology.exchanges {
                let type = AMQPExchangeType(rawValue: exchange.kind.rawValue)
                try await publishing.onChannel { try await $0.declareExchange(exchange.name, type) }
                for binding in exchange.bindings where exchange.kind != .fanout {
                    let (queue, key) = (binding.queue.rawValue, binding.key)
                    let arguments = AMQPTable(matching: binding.match)
                    try await declarations.ensure(binding.queue, on: publishing)
                    try await publishing.onChannel {
                        try await $0.bindQueue(queue, to: exchange.name, routingKey: key, arguments: arguments)
                    }
                    // Celery delays its calls in this way as soon as it knows a quorum queue.
                    if exchange.kind == .topic, options.queueType == .quorum {
                        try await delays.ensure(binding.queue, on: exchange.name, routingKey: key)
                    }
                }
            }
        } catch {
            throw StoreError.translating(error)
        }
        exchanges.add(topology)
    }
}

extension AMQPTable {
    /// The arguments of a binding. Without any, a headers exchange forwards every message.
    fileprivate init(matching match: HeaderMatch?) {
        self = [:]
        guard let match else { return }
        self["x-match"] = .string(match.rule.rawValue)
        for (name, value) in match.pairs { self[name] = AMQPValue(value) }
    }
}

extension AMQPValue {
    fileprivate init(_ value: HeaderMatch.Value) {
        switch value {
        case .string(let text): self = .string(text)
        case .integer(let number): self = .integer(number)
        case .bool(let truth): self = .boolean(truth)
        }
    }
}
