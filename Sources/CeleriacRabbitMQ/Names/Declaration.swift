import AMQPClient

/// An exchange, a queue or a binding that must exist on the server. Exchanges and queues are durable.
enum Declaration: Sendable, Hashable {
    case exchange(String, AMQPExchangeType)
    case queue(String, arguments: AMQPTable)
    /// The queue receives the messages of the exchange whose routing key matches.
    case queueBinding(queue: String, exchange: String, routingKey: String)
    /// The destination receives the messages of the source whose routing key matches.
    case exchangeBinding(destination: String, source: String, routingKey: String)
}
