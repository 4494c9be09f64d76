/// A queue, as described by a worker that consumes it.
///
/// Source: `kombu/entity.py`, `Queue.as_dict`.
public struct ConsumedQueue: Sendable, Hashable {
    /// The name of the queue.
    public let name: String
    /// The exchange that it is bound to.
    public let exchange: String?
    /// The kind of that exchange; `nil` if this version does not know it.
    public let exchangeKind: Exchange.Kind?
    /// The routing key of the binding.
    public let routingKey: String?
    /// The worker's complete description.
    public let json: JSONValue

    /// - Returns: `nil` if the value does not describe a queue.
    package init?(_ json: JSONValue) {
        guard let name = json["name"]?.stringValue else { return nil }
        self.name = name
        exchange = json["exchange"]?["name"]?.stringValue
        exchangeKind = json["exchange"]?["type"]?.stringValue.flatMap(Exchange.Kind.init)
        routingKey = json["routing_key"]?.stringValue
        self.json = json
    }
}
