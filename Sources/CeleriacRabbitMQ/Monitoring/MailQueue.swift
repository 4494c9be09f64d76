import AMQPClient
import CeleriacWire

/// An exchange of remote control or of events, declared to the letter as kombu declares it: any difference is a 406 for
/// the worker that declares it second.
///
/// Source: `kombu/pidbox.py`, `celery/events/event.py` (5.7).
struct MailExchange: Sendable, Hashable {
    let name: String
    let type: AMQPExchangeType
    let isDurable: Bool

    static let commands = MailExchange(name: ControlMessage.exchange, type: .fanout, isDurable: false)
    static let replies = MailExchange(name: ControlMessage.replyExchange, type: .direct, isDurable: false)
    static let events = MailExchange(name: EventMessage.exchange, type: .topic, isDurable: true)
}

/// A queue of one listener. It belongs to the connection that declares it, and ends with its consumer.
///
/// Source: `kombu/pidbox.py`, `celery/events/receiver.py` (5.7), with Celery's default settings.
struct MailQueue: Sendable, Hashable {
    let name: String
    let exchange: MailExchange
    let routingKey: String
    /// How long the queue lives without a consumer, in milliseconds.
    let expires: Int64
    /// How long a message waits in it, in milliseconds.
    let messageTTL: Int64

    /// The commands for a node.
    static func commands(for node: String) -> MailQueue {
        MailQueue(
            name: "\(node).\(ControlMessage.exchange)", exchange: .commands, routingKey: "", expires: 10_000,
            messageTTL: 300_000)
    }

    /// The replies to a question.
    static func replies(_ key: String) -> MailQueue {
        MailQueue(
            name: "\(key).\(ControlMessage.replyExchange)", exchange: .replies, routingKey: key, expires: 10_000,
            messageTTL: 300_000)
    }

    /// Events whose routing keys match a pattern, for a listener with this random id.
    static func events(_ id: String, matching pattern: String) -> MailQueue {
        MailQueue(
            name: "\(EventMessage.exchange).\(id)", exchange: .events, routingKey: pattern, expires: 60_000,
            messageTTL: 5_000)
    }

    var arguments: AMQPTable { ["x-expires": .integer(expires), "x-message-ttl": .integer(messageTTL)] }
}

extension AMQPChannel {
    func declare(_ exchange: MailExchange) async throws {
        try await declareExchange(exchange.name, exchange.type, isDurable: exchange.isDurable)
    }

    /// Declares the queue and its exchange, binds it and consumes it.
    ///
    /// The consumer acknowledges, unlike Celery's: its prefetch limits the mails that wait in this process.
    ///
    /// - Throws: `AMQPError`; 405 if another connection has a queue of this name.
    func open(_ queue: MailQueue) async throws -> AMQPConsumer {
        try await declare(queue.exchange)
        try await declareQueue(
            queue.name, isDurable: false, isExclusive: true, isAutoDelete: true, arguments: queue.arguments)
        try await bindQueue(queue.name, to: queue.exchange.name, routingKey: queue.routingKey)
        return try await consume(queue.name, prefetch: 200)
    }
}
