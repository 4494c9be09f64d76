public import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore: ExchangeBroker {
    /// Celery's signatures count as its Redis lists do.
    public var signaturePriorities: PriorityOrder { .lowFirst }

    /// Writes the bindings where kombu keeps them, so that Python's producers find them. A fanout exchange reaches the
    /// consumers that are opened after this.
    public func declare(_ topology: Topology) async throws {
        try check(topology.exchanges.flatMap(\.bindings).map(\.queue))
        var commands: [RESPCommand] = []
        for exchange in topology.exchanges {
            for binding in exchange.bindings {
                let pattern = exchange.kind == .topic ? BindingPattern(binding.key).regularExpression : ""
                let member = [binding.key, pattern, binding.queue.rawValue].joined(separator: keys.separator)
                commands.append(RESPCommand("SADD", keys.binding(exchange.name), member))
                commands.append(RESPCommand("SADD", keys.permanentBinding(exchange.name), member))
            }
        }
        for case .error(let error) in try await send(commands, deadline: rest) {
            throw StoreError.translating(error, client.configuration)
        }
        exchanges.add(topology)
    }
}
