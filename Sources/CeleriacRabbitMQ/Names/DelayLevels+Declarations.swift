import AMQPClient
import CeleriacCore

/// The exchanges, queues and bindings of the levels.
extension DelayLevels {
    /// The exchanges, queues and bindings of all levels, in Celery's order. The type must be the one that all programs
    /// of the virtual host use, because the server refuses other arguments of a queue that exists.
    static func declarations(_ type: RabbitMQOptions.QueueType) -> [Declaration] {
        let levels = (0...highest).reversed()
        return levels.flatMap { queue(of: $0, type) }
            + levels.dropLast().map { passing(from: $0, to: name(of: $0 - 1)) }
            + [.exchange(endExchange, .topic), passing(from: 0, to: endExchange)]
    }

    /// A level's exchange, and its queue, in which messages wait that have a 1 for it.
    private static func queue(of level: Int, _ type: RabbitMQOptions.QueueType) -> [Declaration] {
        let name = name(of: level)
        var arguments: AMQPTable = [
            "x-queue-type": type == .quorum ? "quorum" : "classic", "x-overflow": "reject-publish",
            "x-message-ttl": .integer(Int64(1) << level * 1000),
            "x-dead-letter-exchange": .string(level > 0 ? self.name(of: level - 1) : endExchange),
        ]
        if type == .quorum { arguments["x-dead-letter-strategy"] = "at-least-once" }
        return [
            .exchange(name, .topic), .queue(name, arguments: arguments),
            .queueBinding(queue: name, exchange: name, routingKey: pattern(of: level, "1")),
        ]
    }

    /// The way past a level's queue.
    private static func passing(from level: Int, to exchange: String) -> Declaration {
        .exchangeBinding(destination: exchange, source: name(of: level), routingKey: pattern(of: level, "0"))
    }

    private static func pattern(of level: Int, _ digit: String) -> String { anyWords(highest - level) + digit + ".#" }

    private static func anyWords(_ count: Int) -> String { String(repeating: "*.", count: count) }
}

/// The ways from the end of the levels to their targets.
extension DelayLevels {
    /// Lets a queue receive the messages whose target is its name.
    ///
    /// The pattern counts the 28 digits. Celery's own pattern `#.mail` would also match the target `x.mail` of another
    /// queue. If Celery binds the same queue in its own way as well, a message still arrives once, because the server
    /// routes it to each queue at most once.
    ///
    /// - Parameter queue: see ``canTarget(_:)``.
    static func binding(of queue: String) -> Declaration {
        .queueBinding(queue: queue, exchange: endExchange, routingKey: anyWords(highest + 1) + queue)
    }

    /// Lets an exchange receive the messages whose target is this routing key, and lets its queue receive them there, as
    /// Celery does for exchanges that are not direct. The routing key of such a message still begins with the digits.
    static func bindings(of queue: String, on exchange: String, routingKey: String) -> [Declaration] {
        let pattern = routingKey.hasPrefix("#") ? routingKey : "#." + routingKey
        return [
            .exchangeBinding(destination: exchange, source: endExchange, routingKey: pattern),
            .queueBinding(queue: queue, exchange: exchange, routingKey: pattern),
        ]
    }

    /// Whether a queue can be the target of a delay.
    ///
    /// Digits and name together are a routing key, which has at most 255 bytes. A part `*` or `#` between two dots would
    /// be a wildcard in the binding of the queue, so that the queue also received messages of others.
    static func canTarget(_ queue: String) -> Bool {
        let bytes = queue.utf8
        guard !bytes.isEmpty, bytes.count <= QueueDeclaration.longestName - prefixBytes, !bytes.contains(0) else {
            return false
        }
        let words = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return !words.contains { $0.elementsEqual("*".utf8) || $0.elementsEqual("#".utf8) }
    }
}
