/// A broker that routes by exchange: it uses the `exchange` and `routingKey` of an envelope's properties.
///
/// A publication through an exchange reaches every bound queue that matches; its own `queue` is only used if no
/// exchange is named. A publication that matches no queue is refused.
public protocol ExchangeBroker: Broker {
    /// Declares exchanges and bindings for this process and all others. Idempotent; removes nothing.
    ///
    /// - Throws: ``BrokerError``; code `refused` for a kind of exchange that the broker lacks, and for a
    ///   ``HeaderMatch`` that is unusable. Then nothing is declared.
    func declare(_ topology: Topology) async throws
}

extension Topology {
    /// Checks what each binding matches.
    ///
    /// - Throws: ``BrokerError`` with code `refused` for a match that is unusable, or whose exchange has another kind.
    package func checkMatches() throws {
        for exchange in exchanges {
            for binding in exchange.bindings {
                guard let match = binding.match else { continue }
                let objection =
                    exchange.kind == .headers
                    ? match.objection
                    : "its exchange is of kind \(exchange.kind.rawValue), and only those of kind headers compare headers"
                guard let objection else { continue }
                throw BrokerError(
                    .refused,
                    "queue \"\(binding.queue)\" cannot be bound to exchange \"\(exchange.name.onOneLine)\" by headers: "
                        + objection)
            }
        }
    }
}
