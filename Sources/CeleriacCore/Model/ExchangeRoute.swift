/// The route of a call through an exchange: the exchange and the key by which it routes.
public struct ExchangeRoute: Sendable, Hashable {
    /// Uses the alphabet of queue names.
    public let exchange: String
    public let routingKey: String

    public init(exchange: String, routingKey: String = "") {
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// Routes to every worker that consumes a broadcast queue; see ``Exchange/broadcast(_:key:)``.
    public static func broadcast(_ queue: QueueName, key: String = Exchange.broadcastKey) -> ExchangeRoute {
        ExchangeRoute(exchange: queue.rawValue, routingKey: key)
    }
}

/// Exchanges and the queues bound to them, as AMQP has them and Celery's `task_queues` names them.
public struct Topology: Sendable, Hashable {
    public var exchanges: [Exchange]

    public init(_ exchanges: [Exchange] = []) { self.exchanges = exchanges }
}

/// Forwards a message to the queues bound to it.
public struct Exchange: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// Forwards to the queues whose key equals the message's key.
        case direct
        /// Forwards to the queues whose pattern matches the message's key: words between dots, `*` for one word, `#`
        /// for any number.
        case topic
        /// Forwards to every worker that consumes a bound queue at this moment: a broadcast. Only workers that are
        /// listening now receive it.
        case fanout
        /// Forwards to the queues whose ``Binding/match`` fits the headers of the call, whatever the message's key.
        /// RabbitMQ only.
        case headers
    }

    public struct Binding: Sendable, Hashable {
        public var queue: QueueName
        public var key: String
        /// For exchanges of kind ``Kind/headers``, which forward every message if it is `nil`.
        public var match: HeaderMatch?

        public init(_ queue: QueueName, key: String = "", matching match: HeaderMatch? = nil) {
            self.queue = queue
            self.key = key
            self.match = match
        }
    }

    public var name: String
    public var kind: Kind
    public var bindings: [Binding]

    public init(_ name: String, _ kind: Kind, bindings: [Binding]) {
        self.name = name
        self.kind = kind
        self.bindings = bindings
    }

    /// A queue whose messages go to every worker that consumes it: Celery's `Broadcast`. Send to it with
    /// ``ExchangeRoute/broadcast(_:key:)``.
    ///
    /// - Parameter key: on Redis, sender and worker must use the same key. Celery gives a `Broadcast` of `task_queues`
    ///   the app's `task_default_routing_key`, which is `celery`, the default here.
    public static func broadcast(_ queue: QueueName, key: String = broadcastKey) -> Exchange {
        Exchange(queue.rawValue, .fanout, bindings: [Binding(queue, key: key)])
    }

    /// Celery's `task_default_routing_key`, unless an app sets another.
    public static let broadcastKey = "celery"
}
