/// A broker that routes by exchange: it heeds the `exchange` and `routingKey` of an envelope's properties.
///
/// A publication through an exchange reaches every queue bound to it that fits; its own `queue` counts only where no
/// exchange is named. One that no queue fits is refused.
public protocol ExchangeBroker: Broker {
    /// Makes exchanges and bindings known to this process and to all others. Idempotent; removes nothing.
    ///
    /// - Throws: ``BrokerError``.
    func declare(_ topology: Topology) async throws
}
