/// A broker that routes by exchange: it uses the `exchange` and `routingKey` of an envelope's properties.
///
/// A publication through an exchange reaches every bound queue that matches; its own `queue` is only used if no
/// exchange is named. A publication that matches no queue is refused.
public protocol ExchangeBroker: Broker {
    /// Declares exchanges and bindings for this process and all others. Idempotent; removes nothing.
    ///
    /// - Throws: ``BrokerError``.
    func declare(_ topology: Topology) async throws
}
