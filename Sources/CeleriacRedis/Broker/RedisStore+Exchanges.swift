public import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore: ExchangeBroker {
    /// Celery's signatures use the same order as its Redis lists.
    public var signaturePriorities: PriorityOrder { .lowFirst }

    /// Writes the bindings where kombu keeps them, so that Python's producers find them. A fanout exchange reaches only
    /// consumers that are opened after this call.
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
