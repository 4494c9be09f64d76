/// The way of a call through an exchange: which one, and what it routes by.
public struct ExchangeRoute: Sendable, Hashable {
    /// Of the alphabet of queue names.
    public let exchange: String
    public let routingKey: String

    public init(exchange: String, routingKey: String = "") {
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// To every worker that consumes a broadcast queue; see ``Exchange/broadcast(_:key:)``.
    public static func broadcast(_ queue: QueueName, key: String = Exchange.broadcastKey) -> ExchangeRoute {
        ExchangeRoute(exchange: queue.rawValue, routingKey: key)
    }
}

/// Exchanges and the queues bound to them, as AMQP has them and Celery's `task_queues` names them.
public struct Topology: Sendable, Hashable {
    public var exchanges: [Exchange]

    public init(_ exchanges: [Exchange] = []) { self.exchanges = exchanges }
}

/// Sends a message on to the queues bound to it.
public struct Exchange: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// To the queues whose key equals the message's.
        case direct
        /// To the queues whose pattern fits the message's key: words between dots, `*` for one, `#` for any number.
        case topic
        /// To every worker that consumes a queue bound to it, at this moment: a broadcast. Nobody listening, nobody gets it.
        case fanout
    }

    public struct Binding: Sendable, Hashable {
        public var queue: QueueName
        public var key: String

        public init(_ queue: QueueName, key: String = "") {
            self.queue = queue
            self.key = key
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

    /// A queue whose messages every worker that consumes it gets: Celery's `Broadcast`. Send to it by
    /// ``ExchangeRoute/broadcast(_:key:)``.
    ///
    /// - Parameter key: by Redis only those meet whose keys are the same. Celery gives a `Broadcast` of `task_queues` the
    ///   app's `task_default_routing_key`, which is `celery`, the default here.
    public static func broadcast(_ queue: QueueName, key: String = broadcastKey) -> Exchange {
        Exchange(queue.rawValue, .fanout, bindings: [Binding(queue, key: key)])
    }

    /// Celery's `task_default_routing_key`, unless an app sets another.
    public static let broadcastKey = "celery"
}
