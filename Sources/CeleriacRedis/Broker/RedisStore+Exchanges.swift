public import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore: ExchangeBroker {
    /// Celery's signatures use the same order as its Redis lists.
    public var signaturePriorities: PriorityOrder { .lowFirst }

    /// Writes the bindings where kombu keeps them, so that Python's producers find them. A fanout exchange reaches only
    /// consumers that are opened after this call.
    ///
    /// - Throws: ``BrokerError`` with code `refused` for an exchange of kind headers, which kombu lacks on Redis.
    public func declare(_ topology: Topology) async throws {
        try check(topology.exchanges.flatMap(\.bindings).map(\.queue))
        try topology.checkMatches()
        if let exchange = topology.exchanges.first(where: { $0.kind == .headers }) {
            throw BrokerError(
                .refused,
                "exchange \"\(exchange.name.onOneLine)\" cannot be of kind headers: neither kombu nor Celeriac routes by "
                    + "headers on Redis. Use kind direct or topic, or RabbitMQ")
        }
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
